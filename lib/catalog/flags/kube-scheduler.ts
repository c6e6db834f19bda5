import { frozen } from "../frozen";
import { WEAK_TLS, PROFILING, VERBOSE } from "./common";
import type { FlagPolicy } from "./policy";
import { DELEGATED } from "./kube-controller-manager";

/**
 * @see https://kubernetes.io/docs/concepts/security/security-checklist/
 * @see https://www.cisecurity.org/benchmark/kubernetes
 */
export const KUBE_SCHEDULER_FLAGS: readonly FlagPolicy[] = frozen([
  ...DELEGATED,
  ...WEAK_TLS,
  ...PROFILING,
  VERBOSE,
]);
