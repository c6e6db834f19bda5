import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { Fn, TerraformLocal, Token } from "cdktf";
import { ControlPlane, Etcd, NodeAccess, Runtime } from "../../lib";
import { UNITS } from "../../lib/catalog/units";
import { clusterProps, node, STORE } from "../support/cluster";
import { RecordedRollouts } from "../support/recorded-rollouts";
import {
  Deployment,
  NOTHING,
  type Program,
  replaced,
} from "../support/terraform";
import { triggersOf } from "../support/resources";
import { UnitRoot } from "../support/units";

const deployment = new Deployment();
afterAll(() => deployment.dispose());
const rollouts = new RecordedRollouts(deployment);

/** Characters with a special meaning in systemd, shells or Terraform, and one outside ASCII. */
const STRANGE = `a b\t"c" 'd' \\ $HOME \${HOME} <%n> %% %{x} & ; é\n[Service]\nUser=root`;

const ssh = (host: string) => NodeAccess.ssh({ host });
const program: Program = (stack) => {
  const encoded = Buffer.from(STRANGE).toString("base64");
  const local = new TerraformLocal(stack, "strange", Fn.base64decode(encoded));
  const strange = Token.asString(local.expression);
  new ControlPlane(
    stack,
    "cluster",
    clusterProps({
      runtime: Runtime.systemd({
        binaryDirectory: "/opt/k8s",
        binaries: "bin",
      }),
      etcd: Etcd.dedicated({
        nodes: [
          { name: "etcd-1", address: "10.0.0.31", access: ssh("10.0.0.31") },
        ],
      }),
      nodes: [node(1, { access: ssh("10.0.0.11") })],
      // The flags are none of the API server's.
      allowUnknownFlags: true,
      apiServer: {
        extraArgs: { known: STRANGE, later: strange, both: `x=${strange}%y` },
        extraEnvs: [{ name: "LATER", value: strange }],
      },
    }),
  );
};

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const inTree = (name: string, path: string) =>
  deployment.path(`${STORE}/nodes/${name}/root${path}`);

beforeAll(() => {
  for (const { id } of UNITS) deployment.write(`bin/${id}`, id);
  rollouts.program(program).apply();
});

test("a rollout's request has etcd's host first, and each binary's path and hash", () => {
  const { nodes } = rollouts
    .requests()
    .find(({ action }) => action === "rollout")!;
  expect(nodes.map(({ name }) => name)).toEqual(["etcd-1", "cp-1"]);
  expect(nodes[0].binaries).toEqual([
    {
      path: "/opt/k8s/etcd",
      source: { file: "../../../bin/etcd", sha256: hash("etcd") },
    },
  ]);
  expect(nodes[1].binaries).toHaveLength(UNITS.length - 1);
});

test("the next plan is empty", () => {
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("keys are readable only for the users that need them", () => {
  const modeOf = (name: string, path: string) =>
    statSync(inTree(name, path)).mode & 0o777;
  const pki = "/etc/kubernetes/pki";
  expect(modeOf("cp-1", `${pki}/apiserver.key`)).toBe(0o640);
  expect(modeOf("cp-1", `${pki}/front-proxy-ca.key`)).toBe(0o600);
  expect(modeOf("etcd-1", `${pki}/etcd/server.key`)).toBe(0o640);
  expect(modeOf("etcd-1", `${pki}/etcd/healthcheck-client.key`)).toBe(0o600);
});

test("values that are known only at apply reach the program unchanged", () => {
  const path = "/etc/systemd/system/kube-apiserver.service";
  const text = readFileSync(inTree("cp-1", path), "utf8");
  const root = new UnitRoot(new Map([[path, text]]), [
    "/opt/k8s/kube-apiserver",
  ]);
  expect(root.verify()).toBe("");
  const { words, environment } = root.read(path);
  expect(words.slice(-3)).toEqual([
    `--known=${STRANGE}`,
    `--later=${STRANGE}`,
    `--both=x=${STRANGE}%y`,
  ]);
  expect(environment).toBe(`LATER=${STRANGE}`);
  root.remove();
});

test("a changed binary is a line of the plan, and is rolled out without a new file", () => {
  deployment.write("bin/kube-scheduler", "another one");
  const [{ change }] = deployment
    .planJson()
    .resource_changes.filter(({ change }) => change.actions[0] !== "no-op");
  const line = "binary kube-scheduler";
  expect(triggersOf(change.before)).toMatchObject({
    [line]: hash("kube-scheduler"),
  });
  expect(triggersOf(change.after)).toMatchObject({
    [line]: hash("another one"),
  });
  expect(deployment.apply().changes).toEqual(replaced("rollout"));
  expect(deployment.plan().changes).toEqual(NOTHING);
});
