import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import {
  App,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { CertificateAuthority, NodeAccess, Store } from "../../lib";
import {
  type Manifest,
  MANIFEST_FILE,
  type ManifestResource,
  type ResourceKind,
} from "../../lib/request/manifest";
import { cluster, node, STORE } from "../support/cluster";
import type { Program } from "../support/terraform";
import type { Synthesized } from "../support/resources";

const outdir = mkdtempSync(join(tmpdir(), "manifest-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const read = (folder: string, file: string): string =>
  readFileSync(join(folder, file), "utf8");

/** Synthesizes a stack, and reads its manifest and the addresses of its resources. */
function synthesized(program: Program): {
  readonly manifest: Manifest;
  readonly addresses: string[];
  readonly text: string;
} {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  const folder = join(Testing.fullSynth(stack), "stacks/stack");
  const text = read(folder, MANIFEST_FILE);
  const { resource = {} } = JSON.parse(
    read(folder, "cdk.tf.json"),
  ) as Synthesized;
  const addresses = Object.entries(resource).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => `${type}.${name}`),
  );
  return { manifest: JSON.parse(text) as Manifest, addresses, text };
}

const rowsOf = ({ stores }: Manifest): readonly ManifestResource[] =>
  stores.flatMap(({ resources }) => resources);

function rowsOfKind<Kind extends ResourceKind>(
  manifest: Manifest,
  kind: Kind,
): Extract<ManifestResource, { kind: Kind }>[] {
  return rowsOf(manifest).filter(
    (row): row is Extract<ManifestResource, { kind: Kind }> =>
      row.kind === kind,
  );
}

const ssh = (host: string) => NodeAccess.ssh({ host, user: "admin" });

/** A program with every kind of resource. */
const everything: Program = (stack) => {
  const variable = new TerraformVariable(stack, "host", {});
  cluster(
    {
      nodes: [
        node(1, { access: ssh("10.0.0.11") }),
        node(2, { access: ssh(variable.stringValue), retire: true }),
      ],
    },
    (controlPlane) =>
      controlPlane.addWorkers("blue", {
        nodes: [{ name: "w-1", address: "10.0.1.1", access: ssh("10.0.1.1") }],
      }),
  )(stack);
};

describe("the manifest beside a synthesized stack", () => {
  const { manifest, addresses, text } = synthesized(everything);

  test("has a row for each of this library's resources, and no other rows", () => {
    const mine: Program = (stack) => {
      everything(stack);
      new TerraformResource(stack, "mine", {
        terraformResourceType: "terraform_data",
      });
    };
    expect(rowsOf(manifest).map(({ address }) => address)).toEqual(
      expect.arrayContaining(addresses),
    );
    expect(rowsOf(manifest)).toHaveLength(addresses.length);
    expect(synthesized(mine).manifest).toEqual(manifest);
  });

  test("has its version, its stack, and the folder to which paths are relative", () => {
    expect(manifest).toMatchObject({
      version: 1,
      stack: "stack",
      workingDirectory: "../../..",
      stores: [{ directory: `../../../${STORE}` }],
    });
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain(tmpdir());
  });

  test("is the same each time", () => {
    expect(synthesized(everything).text).toBe(text);
  });

  test("has the kinds of all primitives", () => {
    expect(
      [...new Set(rowsOf(manifest).map(({ kind }) => kind))].sort(),
    ).toEqual([
      "access",
      "anchor",
      "artefact",
      "batch",
      "guard",
      "rollout",
      "teardown",
    ]);
  });

  test("names each file once, and the batch that makes it", () => {
    const artefacts = rowsOfKind(manifest, "artefact");
    const files = artefacts.flatMap((artefact) => artefact.files);
    expect(new Set(files).size).toBe(files.length);
    expect(files).toContain("nodes/cp-1/root/etc/kubernetes/pki/apiserver.key");
    const batches = new Map(
      rowsOfKind(manifest, "batch").map((row) => [row.address, row.title]),
    );
    const titleOf = (file: string) =>
      batches.get(
        artefacts.find((each) => each.files.includes(file))?.batch ?? "",
      );
    expect(titleOf("pki/ca.key")).toBe("pki/ca");
    expect(titleOf("nodes/w-1/root/etc/kubernetes/pki/ca.crt")).toBe("w-1");
    expect(artefacts.filter(({ batch }) => !batches.has(batch))).toEqual([]);
  });

  test("names the files whose hashes the state keeps", () => {
    const files = rowsOfKind(manifest, "anchor").map(({ file }) => file);
    expect(files).toContain("pki/sa.pub");
    expect(files).toHaveLength(8);
  });

  test("has the request of each rollout, except values known only at apply", () => {
    const [own, pool] = rowsOfKind(manifest, "rollout");
    expect([own.title, pool.title]).toEqual(["test", "test blue"]);
    expect(own.request.pools).toEqual({ blue: ["w-1"] });
    expect(own.request.nodes.map(({ name, retire }) => [name, retire])).toEqual(
      [
        ["cp-1", undefined],
        ["cp-2", true],
      ],
    );
    expect(own.request.nodes[0].access).toMatchObject({ host: "10.0.0.11" });
    expect(own.request.nodes[1].access).not.toHaveProperty("host");
    expect(own.unknown).toEqual(["/nodes/1/access/host"]);
    expect(pool.request.pool?.nodes.map(({ name }) => name)).toEqual(["w-1"]);
  });
});

test("a null_resource has the address of its type", () => {
  const { manifest, addresses } = synthesized((stack) =>
    cluster({ provider: new NullProvider(stack, "null") })(stack),
  );
  expect(rowsOf(manifest).map(({ address }) => address)).toEqual(
    expect.arrayContaining(addresses),
  );
});

test("says what destroy keeps, and contains the placeholder for the workspace", () => {
  const { manifest, text } = synthesized((stack) => {
    const store = new Store(stack, "store", {
      directory: "clusters/${terraform.workspace}/a",
    });
    new CertificateAuthority(stack, "ca", { store, commonName: "ca" });
  });
  expect(manifest.stores.map(({ directory }) => directory)).toEqual([
    "../../../clusters/${terraform.workspace}/a",
  ]);
  expect(rowsOfKind(manifest, "teardown")).toMatchObject([
    { retainAuthorities: true },
  ]);
  expect(text).not.toMatch(/workspace-[0-9a-f]{8}-/);
});

test("each stack with a store has its own manifest, and other stacks have none", () => {
  const app = new App({ outdir });
  for (const name of ["one", "two", "network"]) {
    const stack = new TerraformStack(app, name);
    if (name === "network") continue;
    for (const id of ["a", "b"])
      new Store(stack, id, { directory: `stores/${name}-${id}` });
  }
  app.synth();
  const of = (stack: string): Manifest =>
    JSON.parse(read(join(outdir, "stacks", stack), MANIFEST_FILE)) as Manifest;
  expect(of("one").stores.map(({ resources }) => resources.length)).toEqual([
    1, 1,
  ]);
  expect(of("two").stack).toBe("two");
  expect(() => of("network")).toThrow("ENOENT");
});
