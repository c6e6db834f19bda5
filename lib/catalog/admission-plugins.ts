import { frozen } from "./frozen";

/**
 * The admission plugins of API servers, with the minor versions that have them if not all do: the first, and the first
 * without.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/kubeapiserver/options/plugins.go
 */
const PLUGINS = `
AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction
ClusterTrustBundleAttest DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds DenyServiceExternalIPs
EventRateLimit ExtendedResourceToleration ImagePolicyWebhook JobValidation>=36<37 LimitPodHardAntiAffinityTopology
LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook NamespaceAutoProvision NamespaceExists
NamespaceLifecycle NodeDeclaredFeatureValidator>=35 NodeRestriction OwnerReferencesPermissionEnforcement
PersistentVolumeClaimResize PodGroupProtection>=36 PodGroupWorkloadExists>=36<37 PodNodeSelector PodResizeValidator>=36
PodSecurity PodTolerationRestriction PodTopologyLabels Priority ResourceQuota RuntimeClass ServiceAccount
StorageObjectInUseProtection TaintNodesByCondition ValidatingAdmissionPolicy ValidatingAdmissionWebhook
`;

/** The admission plugins of a minor version. */
export const admissionPlugins = (minor: number): readonly string[] =>
  PLUGINS.trim()
    .split(/\s+/)
    .flatMap((word) => {
      const [, name, from, until] = /^(\w+)(?:>=(\d+))?(?:<(\d+))?$/.exec(
        word,
      )!;
      return minor >= Number(from ?? 0) && minor < Number(until ?? Infinity)
        ? [name]
        : [];
    });

/** The plugin that kubeadm enables besides those that are on by default. */
export const ENABLED_PLUGINS: readonly string[] = frozen(["NodeRestriction"]);

/** How much a pod may do. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurityLevel = "privileged" | "baseline" | "restricted";

/** What shares a limit of events. */
export type EventLimitType =
  "Server" | "Namespace" | "User" | "SourceAndObject";
