import { randomBytes } from "node:crypto";
import { Token } from "cdktf";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";

/** Text that cannot be compressed much. */
const random = (bytes: number): string => randomBytes(bytes).toString("base64");

const configMap = (name: string, text: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data: { text },
});

/** Text that Terraform generates at apply, in pieces of 64 characters. */
const later = (pieces: number): string =>
  Token.asString({
    creationStack: [],
    resolve: () =>
      `\${join("", flatten([for i in range(${pieces / 100}) : [for j in range(100) : sha256("\${timestamp()} \${i} \${j}")]]))}`,
    toString: () => "later",
  });

describe("texts that are longer than one variable may be", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());

  const TEXTS = {
    random: random(150_000),
    long: "a line of text\n".repeat(20_000),
    file: random(120_000),
  };
  const program = cluster(
    { nodes: [node(1, { files: [{ path: "/etc/x", text: TEXTS.file }] })] },
    (controlPlane) => {
      for (const name of ["random", "long"] as const)
        controlPlane.addManifests(name, {
          objects: [configMap(name, TEXTS[name])],
        });
    },
  );

  test("are made, and not planned again", () => {
    deployment.program(program).apply();
    expect(deployment.read(`${STORE}/objects/random.yaml`)).toContain(
      TEXTS.random,
    );
    expect(
      deployment.read(`${STORE}/objects/long.yaml`).length,
    ).toBeGreaterThanOrEqual(TEXTS.long.length);
    expect(deployment.read(`${STORE}/nodes/cp-1/root/etc/x`)).toBe(TEXTS.file);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  const knownLater = (pieces: number) =>
    cluster(
      {
        nodes: [node(1, { files: [{ path: "/etc/x", text: later(pieces) }] })],
      },
      (controlPlane) =>
        controlPlane.addManifests("later", {
          objects: [configMap("later", "x")],
        }),
    );

  test("are made even if they are known only at apply", () => {
    deployment.program(knownLater(5_000)).apply();
    expect(deployment.read(`${STORE}/nodes/cp-1/root/etc/x`)).toMatch(
      /^[0-9a-f]{320000}$/,
    );
  });

  test("fails when a text known only at apply makes the request too long, and names the text", () => {
    const run = deployment.program(knownLater(30_000)).tryApply();
    expect(run.ok).toBe(false);
    expect(run.errors.join("\n")).toMatch(
      /Its longest texts are nodes\/cp-1\/root\/etc\/x \(1875 KiB\)\.\nWrite a long text to a file and give its path/,
    );
    // Nothing was changed.
    expect(deployment.read(`${STORE}/nodes/cp-1/root/etc/x`)).toHaveLength(
      320_000,
    );
  });
});

describe("a control plane of 9 nodes with 250 workers", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());

  const name = (i: number) => `worker-${i + 1}`;
  const workers = Array.from({ length: 250 }, (_, i) => ({
    name: name(i),
    address: `10.1.0.${i + 1}`,
  }));
  const nodes = Array.from({ length: 9 }, (_, i) =>
    node(i + 1, { address: `10.0.1.${i + 1}` }),
  );
  const program = cluster(
    { nodes, podSubnet: "10.128.0.0/9" },
    (controlPlane) => {
      controlPlane.addWorkers("many", { nodes: workers });
    },
  );

  test(
    "is made, and not planned again",
    () => {
      deployment.program(program).apply();
      const { nodes } = JSON.parse(
        deployment.read(`${STORE}/inventory.json`),
      ) as { nodes: Record<string, unknown> };
      expect(Object.keys(nodes)).toHaveLength(259);
      for (const i of [0, 249])
        expect(
          deployment.read(
            `${STORE}/nodes/${name(i)}/root/var/lib/kubelet/config.yaml`,
          ),
        ).toContain("KubeletConfiguration");
      expect(deployment.plan().changes).toEqual(NOTHING);
    },
    // On an idle machine it takes about two minutes, most of which Terraform itself needs.
    60 * 60_000,
  );
});
