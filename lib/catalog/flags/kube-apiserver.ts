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

/** The admission plugins on which the cluster's safety depends: all are on by default, except one that kubeadm adds. */
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
    "anyone with a credential may do everything",
    has("authorization-mode", "AlwaysAllow"),
  ),
  warn(
    "roles and their bindings have no effect",
    lacks("authorization-mode", "RBAC"),
  ),
  warn(
    "a kubelet's rights are not limited to its own node",
    lacks("authorization-mode", "Node"),
  ),
  warn(
    "a kubelet may change other nodes and their pods",
    lacks("enable-admission-plugins", "NodeRestriction"),
  ),
  warn(
    "requests that another plugin would refuse may be accepted",
    has("enable-admission-plugins", "AlwaysAdmit"),
  ),
  warn(
    "requests that those plugins would refuse or correct are accepted",
    has("disable-admission-plugins", PROTECTING.join("|")),
  ),
  warn(
    "requests without a credential reach an authorizer that may allow them",
    is("anonymous-auth", TRUE),
    has("authorization-mode", "AlwaysAllow|ABAC|Webhook"),
  ),
  warn(
    "the tokens in that file stay valid until the file is changed and the API server is restarted",
    is("token-auth-file", ANYTHING),
  ),
  warn(
    "service account tokens stay valid after the account or its pod is deleted",
    is("service-account-lookup", FALSE),
  ),
  warn(
    "anyone with a certificate of that CA is accepted as the user that it names",
    differs("client-ca-file"),
  ),
  warn(
    "anyone with a certificate of that CA may claim to be any user",
    differs("requestheader-client-ca-file"),
  ),
  warn(
    "anyone with any certificate of the front proxy CA may claim to be any user",
    is("requestheader-allowed-names", EMPTY),
  ),
  warn(
    "web pages of any origin may use the credentials of the users who open them",
    has("cors-allowed-origins", "(?:\\^|//)*\\.[*+]\\$?"),
  ),
  warn(LOSES_TLS, has("etcd-servers", "http://.*")),
  warn(
    "it does not verify that it is connected to the cluster's etcd",
    is("etcd-cafile", EMPTY),
  ),
  ...WEAK_TLS,
  ...PROFILING,
  warn(
    "anyone who can open that socket gets profiles without a credential",
    is("debug-socket-path", ANYTHING),
  ),
  VERBOSE,
]);
