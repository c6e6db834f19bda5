import * as found from "./errors";
import type { Found } from "./errors";
import type { ContainerdFacts, RuntimeFacts } from "../hosts/runtime";
import { compact } from "../../base/compact";
import { isOlder, type Version } from "./version";

/** What kubelet expects of the container runtime. */
export interface RuntimeNeeds {
  readonly socket: string;
  readonly cgroupDriver: string;
  readonly kubernetesVersion: string;
  /** Whether kubelet has worked with this runtime before. */
  readonly delivered: boolean;
}

/**
 * The oldest containerd that supports CRI v1, which kubelet needs.
 * @see https://github.com/kubernetes/cri-client/blob/v0.36.3/pkg/remote_runtime.go
 */
const OLDEST_CONTAINERD: Version = [1, 6];
/**
 * The first containerd that tells kubelet its cgroup driver (CRI's RuntimeConfig). kubelet then uses this driver instead of
 * the one in its own configuration. Kubernetes 1.37 is the last version whose kubelet falls back to its configuration.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.1/cmd/kubelet/app/server.go
 */
const TELLING_CONTAINERD: Version = [2, 0];
const LAST_FALLBACK = /^v?1\.37\./;

/** The first problem with the runtime; later checks make sense only if earlier ones succeed. */
export function runtimeFindings(
  runtime: RuntimeFacts,
  needs: RuntimeNeeds,
): Found[] {
  const { socket } = needs;
  if (!runtime.socket) {
    if (runtime.otherSockets.length > 0)
      return [found.runtimeElsewhere(socket, runtime.otherSockets)];
    return [
      runtime.containerdInstalled && /containerd/.test(socket)
        ? found.runtimeStopped(socket)
        : found.runtimeMissing(socket),
    ];
  }
  if (runtime.answers === false) return [found.runtimeSilent(socket)];
  return runtime.containerd
    ? containerdFindings(runtime.containerd, needs)
    : [];
}

function containerdFindings(
  { version, cri, cgroupDriver }: ContainerdFacts,
  { cgroupDriver: wanted, kubernetesVersion, delivered }: RuntimeNeeds,
): Found[] {
  if (version !== undefined && isOlder(version, OLDEST_CONTAINERD))
    return [found.containerdOld(version)];
  if (cri === false) return [found.criDisabled()];
  if (version === undefined || !isOlder(version, TELLING_CONTAINERD)) return [];
  // A node that already runs with this problem can still get other changes.
  const severity = delivered ? "warning" : "error";
  return compact(
    cgroupDriver !== undefined &&
      cgroupDriver !== wanted &&
      found.cgroupDrivers(cgroupDriver, wanted, severity),
    LAST_FALLBACK.test(kubernetesVersion) &&
      found.containerdEnding(version, kubernetesVersion),
  );
}
