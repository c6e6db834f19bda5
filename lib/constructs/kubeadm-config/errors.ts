import { error as inputError } from "../errors";

/**
 * Errors about a kubeadm configuration. Each says where the problem is, what is allowed, and what to do. To reveal no
 * secrets, they show paths, and values only of fields that are not free text.
 */

const error = (what: string, allowed: string, todo: string) =>
  inputError(`kubeadm configuration: ${what}`, allowed, todo);

const KINDS =
  "Allowed are InitConfiguration and ClusterConfiguration of kubeadm.k8s.io/v1beta4, KubeletConfiguration of " +
  "kubelet.config.k8s.io/v1beta1 and KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1.";

/** @param line The line number, if it is known. */
export const notYaml = (reason: string, line?: number) =>
  error(
    `${line === undefined ? "the text" : `line ${line}`} is not YAML: ${reason}.`,
    "Allowed is YAML 1.1 or JSON, without duplicate keys.",
    `Correct ${line === undefined ? "it" : "that line"}.`,
  );

export const notADocument = (position: number, given: string) =>
  error(
    `document ${position} is ${given}.`,
    "Allowed is a mapping with apiVersion and kind.",
    "Pass the text of the file, not its path.",
  );

export const noType = (position: number) =>
  error(`document ${position} lacks apiVersion or kind.`, KINDS, "Add both.");

export const unsupportedKind = (apiVersion: string, kind: string) =>
  error(
    `a document is ${kind} of ${apiVersion}.`,
    KINDS,
    "Remove that document. Add Kubernetes objects with addManifests.",
  );

export const otherCommand = (kind: string) =>
  error(
    `${kind} is not for kubeadm init, but for another command.`,
    KINDS,
    "Remove that document. Add more control-plane nodes with the `nodes` prop.",
  );

/** Which kubeadm writes which version from the one before it. */
const MIGRATIONS: Readonly<Record<string, string>> = {
  v1beta1:
    "kubeadm 1.21 writes v1beta2 from it, kubeadm 1.26 v1beta3 from that, and kubeadm 1.31 v1beta4",
  v1beta2:
    "kubeadm 1.26 writes v1beta3 from it, and kubeadm 1.31 v1beta4 from that",
  v1beta3: "kubeadm 1.31 writes v1beta4 from it",
};

export function oldVersion(apiVersion: string, kind: string) {
  const migration = MIGRATIONS[apiVersion.split("/")[1]];
  return error(
    `${kind} is of ${apiVersion}, which is older.`,
    "Allowed is kubeadm.k8s.io/v1beta4.",
    migration === undefined
      ? "Write it anew: no kubeadm of today reads it."
      : `Migrate it: kubeadm config migrate --old-config old.yaml --new-config new.yaml; ${migration}.`,
  );
}

export const newVersion = (apiVersion: string, kind: string) =>
  error(
    `${kind} is of ${apiVersion}, which is newer than this version of the library.`,
    "Allowed is kubeadm.k8s.io/v1beta4.",
    "Upgrade cdktf-control-plane, or write v1beta4.",
  );

/** @param line of the first mark */
export const unrenderedTemplate = (line: number) =>
  error(
    `line ${line} holds a mark of a template that was not rendered, {{ or {%.`,
    "Allowed is YAML or JSON.",
    "Render the template, and give the result.",
  );

export const duplicateKind = (kind: string) =>
  error(
    `${kind} is given twice.`,
    "Allowed is one document of each kind.",
    "Merge the two documents, or remove one.",
  );

export const noKubeadmDocument = () =>
  error(
    "there is neither an InitConfiguration nor a ClusterConfiguration.",
    KINDS,
    "Add a ClusterConfiguration with kubernetesVersion.",
  );

export const notSupported = (path: string, todo: string) =>
  error(
    `${path} is not supported.`,
    "Allowed is a configuration without this field.",
    todo,
  );

export const notAllowed = (
  path: string,
  given: string,
  allowed: readonly string[],
) =>
  error(
    `${path} is "${given}".`,
    `Allowed: ${allowed.join(", ")}.`,
    "Choose one of them.",
  );

export const namelessArgument = (path: string) =>
  error(
    `${path} has no name.`,
    "Allowed is the name of a flag, without dashes.",
    "Add the name, or remove the item.",
  );

export const mutuallyExclusive = (path: string, one: string, other: string) =>
  error(
    `${path} has both ${one} and ${other}.`,
    "Allowed is only one of them.",
    "Remove the other one.",
  );

export const unresolvedVersion = (given: string | undefined) =>
  error(
    given === undefined
      ? "ClusterConfiguration.kubernetesVersion is missing; kubeadm would look up the newest version on the internet."
      : `ClusterConfiguration.kubernetesVersion is "${given}", which is not a full version; kubeadm would look it up on the internet.`,
    "Allowed is a full version, for example v1.36.3.",
    "Write the version to run, so that the same file always describes the same cluster.",
  );

export const unknownFeatureGate = (
  gate: string,
  version: string,
  allowed: readonly string[],
) =>
  error(
    `ClusterConfiguration.featureGates.${gate} is not a feature gate of kubeadm ${version}.`,
    `Allowed: ${allowed.join(", ")}.`,
    "Remove it; set the feature gates of a component with feature-gates in its extraArgs.",
  );

export const missingNodeName = () =>
  error(
    "InitConfiguration.nodeRegistration.name is missing; kubeadm would use the hostname of its machine, which this program does not know.",
    "Allowed is an RFC 1123 subdomain.",
    "Add the node's name, or remove nodeRegistration and localAPIEndpoint and set the `nodes` prop.",
  );

export const missingAddress = (given: string | undefined) =>
  error(
    given === undefined
      ? "InitConfiguration.localAPIEndpoint.advertiseAddress is missing; kubeadm would choose an address of its machine, which this program does not know."
      : `InitConfiguration.localAPIEndpoint.advertiseAddress is "${given}", which tells kubeadm to choose an address of its machine; this program does not know it.`,
    "Allowed is the node's own address.",
    "Write the address, or remove nodeRegistration and localAPIEndpoint and set the `nodes` prop.",
  );
