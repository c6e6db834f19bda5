import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING, replaced } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

const ROOT = `${STORE}/nodes/cp-1/root`;
const POLICY = "/etc/kubernetes/policy.yaml";
const WEBHOOK = "/etc/kubernetes/webhook.yaml";

/** Text with special meanings in templates, shells and YAML. */
const AWKWARD = [
  "${var.x} $${y} %{ if true } %%{z} $ {a}",
  `"double" 'single' \\n \\\\ \`cmd\` $(cmd) $HOME`,
  "\ttab: - # ünïcödé 🔑",
  "",
  "  last line without an end",
].join("\n");

const mounted = (name: string, hostPath: string) => ({
  name,
  hostPath,
  mountPath: hostPath,
  readOnly: true,
  pathType: "File" as const,
});

const program = (policy: string) =>
  cluster({
    nodes: [
      node(1, {
        files: [
          { path: POLICY, text: policy },
          { path: WEBHOOK, source: "webhook.yaml", mode: "0640" },
          { path: "/opt/awkward", text: AWKWARD, owner: "1000:1000" },
        ],
      }),
    ],
    apiServer: { extraVolumes: [mounted("policy", POLICY)] },
    controllerManager: { extraVolumes: [mounted("webhook", WEBHOOK)] },
  });

const manifest = (component: string) =>
  `nodes/cp-1/root/etc/kubernetes/manifests/${component}.yaml`;

beforeAll(() => {
  deployment.write("webhook.yaml", "${webhook}\n");
  deployment.program(program("rules: []\n")).apply();
});

test("a text arrives byte for byte, whatever it contains", () => {
  expect(deployment.read(`${ROOT}/opt/awkward`)).toBe(AWKWARD);
});

test("a source arrives byte for byte, with the mode that was asked for", () => {
  expect(deployment.read(`${ROOT}${WEBHOOK}`)).toBe("${webhook}\n");
  expect(deployment.mode(`${ROOT}${WEBHOOK}`)).toBe("640");
  expect(deployment.mode(`${ROOT}${POLICY}`)).toBe("600");
});

test("a changed text changes only the manifest of the component that mounts it", () => {
  const run = deployment.program(program("rules: [changed]\n")).apply();

  expect(run.changes).toEqual(
    replaced(
      `nodes/cp-1/root${POLICY}`,
      manifest("kube-apiserver"),
      "batch nodes/cp-1",
      "rollout",
    ),
  );
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("so does a changed source, without a new synthesis, and its content is not shown", () => {
  deployment.write("webhook.yaml", "a secret of mine\n");

  expect(JSON.stringify(deployment.planJson())).not.toContain("secret of mine");

  expect(deployment.apply().changes).toEqual(
    replaced(
      `nodes/cp-1/root${WEBHOOK}`,
      manifest("kube-controller-manager"),
      "batch nodes/cp-1",
      "rollout",
    ),
  );
  expect(deployment.read(`${ROOT}${WEBHOOK}`)).toBe("a secret of mine\n");
  expect(deployment.state()).not.toContain("secret of mine");
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a file that is removed from the program is removed from the node", () => {
  const run = deployment.program(cluster()).apply();

  expect(run.changes.deleted).toEqual([
    `nodes/cp-1/root${POLICY}`,
    `nodes/cp-1/root${WEBHOOK}`,
    "nodes/cp-1/root/opt/awkward",
  ]);
  expect(deployment.files(ROOT)).not.toContain("opt/awkward");
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("fails when a source disappears between synthesis and plan, and works again when it is back", () => {
  deployment.program(program("rules: []\n"));
  deployment.remove("webhook.yaml");

  const run = deployment.tryApply();

  expect(run.ok).toBe(false);
  expect(run.errors.join("\n")).toContain("webhook.yaml");
  deployment.write("webhook.yaml", "back\n");
  deployment.apply();
  expect(deployment.plan().changes).toEqual(NOTHING);
});
