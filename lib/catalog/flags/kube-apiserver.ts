import { frozen } from "../frozen";
import {
  TRUE,
  FALSE,
  EMPTY,
  ANYTHING,
  WEAK_TLS,
  PROFILING,
  VERBOSE,
  LOSES_TLS,
} from "./common";
import { add, differs, type FlagPolicy, has, is, lacks, warn } from "./policy";

/** Admission plugins that are on by default and that the cluster's safety rests on, and the one that kubeadm adds. */
const PROTECTING = [
  "CertificateApproval",
  "CertificateSigning",
  "CertificateSubjectRestriction",
  "ClusterTrustBundleAttest",
  "LimitRanger",
  "NamespaceLifecycle",
  "NodeRestriction",
  "PodSecurity",
  "PersistentVolumeClaimResize",
  "ResourceQuota",
  "RuntimeClass",
  "ServiceAccount",
  "StorageObjectInUseProtection",
  "TaintNodesByCondition",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionWebhook",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionWebhook",
];

/**
 * @see https://kubernetes.io/docs/concepts/security/security-checklist/
 * @see https://www.cisecurity.org/benchmark/kubernetes
 */
export const KUBE_APISERVER_FLAGS: readonly FlagPolicy[] = frozen([
  ...["authorization-mode", "enable-admission-plugins"].map((flag) =>
    add(flag),
  ),
  ...["disable-admission-plugins", "kubelet-preferred-address-types"].map(
    (flag) => add(flag),
  ),
  ...["allowed-names", "group-headers", "username-headers"].map((name) =>
    add(`requestheader-${name}`),
  ),
  add("requestheader-extra-headers-prefix"),
  add("service-account-issuer", "repeated"),
  add("service-account-key-file", "repeated"),
  warn(
    "everybody with a credential may do everything",
    has("authorization-mode", "AlwaysAllow"),
  ),
  warn(
    "roles and their bindings have no effect",
    lacks("authorization-mode", "RBAC"),
  ),
  warn(
    "what each kubelet may read and change is not limited to its own node",
    lacks("authorization-mode", "Node"),
  ),
  warn(
    "each kubelet may change the objects of other nodes and of their pods",
    lacks("enable-admission-plugins", "NodeRestriction"),
  ),
  warn(
    "requests that another plugin would refuse can pass",
    has("enable-admission-plugins", "AlwaysAdmit"),
  ),
  warn(
    "requests pass that those plugins would refuse or correct",
    has("disable-admission-plugins", PROTECTING.join("|")),
  ),
  warn(
    "requests without a credential are asked of an authorizer that may allow them",
    is("anonymous-auth", TRUE),
    has("authorization-mode", "AlwaysAllow|ABAC|Webhook"),
  ),
  warn(
    "the tokens of that file are valid until it is changed and the API server starts anew",
    is("token-auth-file", ANYTHING),
  ),
  warn(
    "tokens of service accounts stay valid after the account or its pod is deleted",
    is("service-account-lookup", FALSE),
  ),
  warn(
    "whoever has a certificate of that authority counts as the user that it names",
    differs("client-ca-file"),
  ),
  warn(
    "whoever has a certificate of that authority may claim to be any user",
    differs("requestheader-client-ca-file"),
  ),
  warn(
    "whoever has a certificate of the front proxy's authority may claim to be any user, whatever name it has",
    is("requestheader-allowed-names", EMPTY),
  ),
  warn(
    "pages of any origin may use the credentials of whoever opens them",
    has("cors-allowed-origins", "(?:\\^|//)*\\.[*+]\\$?"),
  ),
  warn(LOSES_TLS, has("etcd-servers", "http://.*")),
  warn(
    "it does not check that it talks to the cluster's etcd",
    is("etcd-cafile", EMPTY),
  ),
  ...WEAK_TLS,
  ...PROFILING,
  warn(
    "whoever can open that socket gets profiles without a credential",
    is("debug-socket-path", ANYTHING),
  ),
  VERBOSE,
]);
