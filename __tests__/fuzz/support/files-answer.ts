import type { Host, HostFile } from "../../../lib/agent/hosts/host";
import { LiveNode } from "../../../lib/agent/rollout/live-node";
import { KUBELET_KUBECONFIG } from "../../../lib/agent/rollout/present";
import { keepWorkerCredentials } from "../../../lib/agent/rollout/worker-credentials";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { sha256 } from "../../../lib/base/files";
import { NODE } from "./stored";

const say = () => undefined;

/** A part of a file's state, as look.sh prints it. */
const state = ({ content, mode }: HostFile): string =>
  `file ${sha256(content)} ${mode.toString(8)} 0:0 root:root`;

/** What runs on a host with one unit. */
export const RUNNING = [
  `process etcd 700 (etcd) S 1 ${"0 ".repeat(17)}12345 0`,
  "log /var/log/pods/kube-system_etcd-cp-1_0f3c/etcd/3.log",
  "unit ActiveState=active InvocationID=0f3c8a8f NRestarts=2 ",
  "",
].join("\n");

/**
 * The answer of a host that has these files, and that an earlier delivery wrote. Of its questions, only that for what
 * runs has no input.
 */
export const filesAnswer =
  (tree: readonly HostFile[]) =>
  (input: string): string =>
    input === "" ? RUNNING : filesIn(tree, input);

const filesIn = (tree: readonly HostFile[], input: string): string =>
  input
    .split("\n")
    .slice(0, -1)
    .map((question) => {
      const [verb, path] = question.split(" ");
      const file = tree.find((each) => each.path === path);
      if (verb === "look") return file ? state(file) : "absent";
      if (verb !== "read") return "closed";
      return file ? `content ${file.content.toString("base64")}` : "absent";
    })
    .concat(tree.map(({ path }) => `delivered ${path}`))
    .map((line) => `${line}\n`)
    .join("");

export async function filesOf(
  host: Host,
  tree: readonly HostFile[],
): Promise<void> {
  for (const isWorker of [false, true]) {
    const node = await LiveNode.read({
      request: NODE,
      host,
      tree: tree.filter(({ path }) => !isWorker || path !== KUBELET_KUBECONFIG),
      hadTree: true,
      etcdDataDir: "/var/lib/etcd",
      etcdFolder: "/var/lib/etcd",
      keeps: ["/etc/cni/net.d/10.conflist"],
      client: undefined,
      clock: SYSTEM_CLOCK,
      say,
    });
    keepWorkerCredentials(node, "https://10.0.0.100:6443");
    node.join({ initialCluster: "cp-1=https://10.0.0.1:2380" });
    void [node.changes, node.changesForEtcd, node.outdated];
    void [node.comparison.foreign, node.comparison.renewsCredentials];
    await node.deliver();
  }
}
