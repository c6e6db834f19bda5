import { BOOTSTRAP_KUBECONFIG, KUBELET_UNIT } from "../../catalog/kubelet";
import {
  KUBELET_DIR,
  MANIFESTS_DIR,
  NODE_STATE_DIR,
  UNITS_DIR,
} from "../../catalog/paths";
import { resetFailed } from "./errors";
import type { Host } from "../hosts/host";
import { socketPath } from "../hosts/runtime";
import RESET_HOST from "../hosts/scripts/reset-host.sh";
import { withVariables } from "../hosts/shell";
import { lastLines } from "../hosts/ssh-failure";
import type { NodeRequest } from "../../request/request";
import { hasKubelet } from "../../request/roles";

/** What happens to etcd's data on a host that is no longer a node. */
export type EtcdData = "kept" | "aside" | "removed";

/**
 * Stops the components on a host and removes what was delivered there. Containers outlive kubelet, so the container
 * runtime ends them; mounts, namespaces and a bridge that kubelet and CNI leave behind would disturb the next cluster.
 * Returns false if nothing was ever delivered: then everything on the host is foreign, and stays.
 */
export async function resetHost(
  host: Host,
  node: Pick<NodeRequest, "criSocket" | "components">,
  etcd: { readonly dataDir: string; readonly data: EtcdData } | undefined,
): Promise<boolean> {
  const { exitCode, stderr } = await host.run(SCRIPT, {
    args: [
      socketPath(node.criSocket),
      etcd?.dataDir ?? "",
      etcd?.data ?? "kept",
      hasKubelet(node) ? "kubelet" : "",
    ],
    timeout: 180_000,
  });
  if (exitCode !== 0 && exitCode !== UNTOUCHED)
    throw resetFailed(host.name, lastLines(stderr));
  return exitCode === 0;
}

/** Exit code if nothing was ever delivered. */
const UNTOUCHED = 5;

const SCRIPT = withVariables(
  {
    BOOTSTRAP_KUBECONFIG,
    KUBELET_DIR,
    KUBELET_UNIT,
    MANIFESTS_DIR,
    NODE_STATE_DIR,
    UNITS_DIR,
  },
  RESET_HOST,
);
