import { frozen } from "../frozen";
import { FALSE, WEAK_TLS, PROFILING, VERBOSE } from "./common";
import {
  add,
  differs,
  type FlagPolicy,
  has,
  is,
  lacks,
  warn,
  type WarnPolicy,
} from "./policy";

/** Warnings for the controller manager and the scheduler, which ask the API server to authorize their clients. */
export const DELEGATED: readonly WarnPolicy[] = frozen([
  warn(
    "anyone can read those paths, without a credential",
    has(
      "authorization-always-allow-paths",
      "/?|.*\\*.*|/(?:metrics|debug|configz|flagz|statusz)(?:/.*)?",
    ),
  ),
  warn(
    "anyone with a certificate of that CA is accepted as the user that it names",
    differs("client-ca-file"),
  ),
  warn(
    "anyone with a certificate of that CA may claim to be any user",
    differs("requestheader-client-ca-file"),
  ),
]);

/**
 * @see https://kubernetes.io/docs/concepts/security/security-checklist/
 * @see https://www.cisecurity.org/benchmark/kubernetes
 */
export const KUBE_CONTROLLER_MANAGER_FLAGS: readonly FlagPolicy[] = frozen([
  add("controllers"),
  warn(
    "tokens with which nodes join are not deleted when they end",
    lacks("controllers", "tokencleaner"),
  ),
  warn(
    "tokens with which nodes join are not deleted when they end",
    has("controllers", "-.*tokencleaner.*"),
  ),
  warn(
    "each controller has the rights of all controllers",
    is("use-service-account-credentials", FALSE),
  ),
  warn(
    "kubelets' serving certificates are not renewed",
    has("feature-gates", "RotateKubeletServerCertificate=(?:0|f|false)"),
  ),
  ...DELEGATED,
  ...WEAK_TLS,
  ...PROFILING,
  VERBOSE,
]);
