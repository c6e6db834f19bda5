import * as found from "./errors";
import type { Found } from "./errors";
import type { ContainerdFacts, RuntimeFacts } from "../hosts/runtime";
import { containerdFor, minorOf } from "../../catalog/skew";
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

/** The containerd from which on kubelet uses containerd's cgroup driver, not the one in its own configuration. */
const TELLING_CONTAINERD: Version = [2, 0];

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
  const minor = minorOf(kubernetesVersion);
  const needed = containerdFor(minor);
  const next = containerdFor(minor + 1);
  if (version !== undefined && isOlder(version, needed.containerd))
    return [found.containerdOld(version, needed)];
  if (cri === false) return [found.criDisabled()];
  if (version === undefined || !isOlder(version, TELLING_CONTAINERD)) return [];
  // A node that already runs with this problem can still get other changes.
  const severity = delivered ? "warning" : "error";
  return compact(
    cgroupDriver !== undefined &&
      cgroupDriver !== wanted &&
      found.cgroupDrivers(cgroupDriver, wanted, severity),
    isOlder(version, next.containerd) &&
      found.containerdEnding(version, kubernetesVersion, next),
  );
}
