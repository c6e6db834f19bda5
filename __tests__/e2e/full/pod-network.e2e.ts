import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../cluster";
import { Deployment } from "../lab/deployment";
import { ECHO_IMAGE, NETWORK_IMAGE } from "../lab/images";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { say, until } from "../say";
import { step } from "../steps";

const CP = "10.77.0.11";
const WORKERS = { "worker-1": "10.77.0.21", "worker-2": "10.77.0.22" };
const NAMES = Object.keys(WORKERS);
const CLI = join(REPOSITORY, "dist/control-plane.cjs");
/** The label of the nodes on which the network runs. */
const LABEL = "example.org/network";

describe("a pod network from manifests", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    const hosts = { "cp-1": CP, ...WORKERS };
    lab = await Lab.start({
      hosts: Object.entries(hosts).map(([name, address]) => ({
        name,
        address,
      })),
      pods: false,
    });
    const main = program({
      clusterName: "prod",
      endpoint: `${CP}:6443`,
      sshKey: lab.sshKey,
      nodes: { "cp-1": CP },
      workers: WORKERS,
    });
    cluster = new Deployment(
      lab,
      "prod",
      main
        .replace("routed()", 'manifests({ file: "network.yaml" })')
        .replace(
          'addWorkers("workers", {\n',
          (start) => `${start}  labels: { "${LABEL}": "yes" },\n`,
        ),
    );
    cluster.write(
      "network.yaml",
      NETWORK.map((object) => JSON.stringify(object)).join("\n---\n"),
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  /** The states of the nodes, as kubectl lists them. */
  async function states(): Promise<Record<string, string>> {
    const lines = await cluster.kubectl("get", "nodes", "--no-headers");
    return Object.fromEntries(
      lines
        .trim()
        .split("\n")
        .map((line) => line.split(/ +/).slice(0, 2)),
    );
  }

  step("is awaited before any worker joins", async () => {
    const log = join(cluster.directory, "deploy.log");
    const said = (): string =>
      existsSync(log) ? readFileSync(log, "utf8") : "";
    const deploy = cluster.try(
      "sh",
      "-c",
      `"$0" "$1" deploy >${log} 2>&1`,
      process.execPath,
      CLI,
    );
    await until("waiting for the node", 240, () =>
      Promise.resolve(said().includes("cp-1: not Ready yet: ")),
    );
    expect(await states()).toEqual({ "cp-1": "NotReady" });
    // Until now, the network runs on no node.
    await cluster.kubectl("label", "node", "cp-1", `${LABEL}=yes`);
    const { failed } = await deploy;

    for (const line of said().trim().split("\n")) say(`| ${line}`);
    expect(failed).toBe(false);
    expect(said()).toMatch(
      /cp-1: not Ready yet: .*network[^]*worker-1: joined after/,
    );
    expect(await states()).toEqual({
      "cp-1": "Ready",
      "worker-1": "Ready",
      "worker-2": "Ready",
    });
  });

  step("connects the pods of different nodes", async () => {
    const items = NAMES.map(echoOn);
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await cluster.kubectlWith({ input: list }, "apply", "-f", "-");
    const pods = NAMES.map((name) => `pod/echo-${name}`);
    await cluster.kubectl(
      "wait",
      "--for=condition=Ready",
      "--timeout=60s",
      ...pods,
    );
    const [one, other] = await Promise.all(
      pods.map((pod) =>
        cluster.kubectl("get", pod, "--output", "jsonpath={.status.podIP}"),
      ),
    );
    expect(await askedFrom("worker-1", one, other)).toBe("echo-worker-2\n");
    expect(await askedFrom("worker-2", other, one)).toBe("echo-worker-1\n");
  });

  step("needs no changes afterwards", async () => {
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  /** The answer of one pod to another, whose image has no client: the host's curl runs in the network of that pod. */
  const askedFrom = (host: string, pod: string, to: string): Promise<string> =>
    lab.host(host).exec(`
for namespace in $(ip netns list | cut -d ' ' -f 1); do
  if ip netns exec "$namespace" ip address | grep -qF " ${pod}/"; then
    exec ip netns exec "$namespace" curl --silent --fail --max-time 10 "http://${to}:8080"
  fi
done
exit 1`);
});

const echoOn = (node: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: `echo-${node}` },
  spec: {
    nodeName: node,
    containers: [{ name: "echo", image: ECHO_IMAGE, imagePullPolicy: "Never" }],
  },
});

const META = { name: "network", namespace: "kube-system" };

/** What a project publishes as its manifests: an account with rights, and a daemon on each node. */
const NETWORK = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: META },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "network" },
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "network" },
    roleRef: {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "network",
    },
    subjects: [{ kind: "ServiceAccount", ...META }],
  },
  {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: META,
    spec: {
      selector: { matchLabels: { app: "network" } },
      template: {
        metadata: { labels: { app: "network" } },
        spec: {
          serviceAccountName: "network",
          hostNetwork: true,
          nodeSelector: { [LABEL]: "yes" },
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name: "network",
              image: NETWORK_IMAGE,
              imagePullPolicy: "Never",
              env: [
                {
                  name: "NODE_NAME",
                  valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
                },
              ],
              securityContext: { capabilities: { add: ["NET_ADMIN"] } },
              volumeMounts: [{ name: "cni", mountPath: "/etc/cni/net.d" }],
            },
          ],
          volumes: [{ name: "cni", hostPath: { path: "/etc/cni/net.d" } }],
        },
      },
    },
  },
];
