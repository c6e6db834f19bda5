/**
 * Every error that a kubeadm configuration can cause: where it is, what is allowed, what to do. They never show
 * a value that may be a secret: only places and, where the value is no free text, what was given.
 */

const error = (what: string, allowed: string, todo: string) =>
  new Error(`kubeadm configuration: ${what} ${allowed} ${todo}`);

const KINDS =
  "Allowed are InitConfiguration and ClusterConfiguration of kubeadm.k8s.io/v1beta4, KubeletConfiguration of " +
  "kubelet.config.k8s.io/v1beta1 and KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1.";

/** @param line where it is known */
export const notYaml = (reason: string, line?: number) =>
  error(
    `${line === undefined ? "the text" : `line ${line}`} is not YAML: ${reason}.`,
    "Allowed is what Kubernetes reads: YAML 1.1 or JSON, each key once.",
    `Correct ${line === undefined ? "it" : "that line"}.`,
  );

export const notADocument = (position: number, given: string) =>
  error(
    `document ${position} is ${given}.`,
    "Allowed is a mapping with apiVersion and kind.",
    "Give the text of the file, not its path.",
  );

export const noType = (position: number) =>
  error(
    `document ${position} has no apiVersion or no kind.`,
    KINDS,
    "Write both.",
  );

export const foreignKind = (apiVersion: string, kind: string) =>
  error(
    `a document is ${kind} of ${apiVersion}.`,
    KINDS,
    "Remove that document; what lives in the cluster is applied to the cluster.",
  );

export const otherCommand = (kind: string) =>
  error(
    `${kind} is for another command than kubeadm init.`,
    KINDS,
    "Remove that document; further control-plane nodes are given in `nodes`.",
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
    "Merge the two or remove one.",
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
    "Allowed is a configuration without it.",
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
    "Allowed is a flag's name without dashes.",
    "Write it, or remove the item.",
  );

export const mutuallyExclusive = (path: string, one: string, other: string) =>
  error(
    `${path} has both ${one} and ${other}.`,
    "Allowed is one of them.",
    "Remove the other.",
  );

export const unresolvedVersion = (given: string | undefined) =>
  error(
    given === undefined
      ? "ClusterConfiguration.kubernetesVersion is missing; kubeadm would ask the internet for the newest."
      : `ClusterConfiguration.kubernetesVersion is "${given}", which is no complete version; kubeadm asks the internet what a label stands for.`,
    "Allowed is a version, for example v1.36.3.",
    "Write the version that is to run: the same text always describes the same cluster.",
  );

export const unknownFeatureGate = (
  gate: string,
  version: string,
  allowed: readonly string[],
) =>
  error(
    `ClusterConfiguration.featureGates.${gate} is not a feature gate of kubeadm ${version}.`,
    `Allowed: ${allowed.join(", ")}.`,
    "Remove it; gates of a component go into its extraArgs as feature-gates.",
  );

export const missingNodeName = () =>
  error(
    "InitConfiguration.nodeRegistration.name is missing; kubeadm would take the machine's hostname, which this program must not depend on.",
    "Allowed is an RFC 1123 subdomain.",
    "Write the node's name, or remove nodeRegistration and localAPIEndpoint and give `nodes`.",
  );

export const missingAddress = (given: string | undefined) =>
  error(
    given === undefined
      ? "InitConfiguration.localAPIEndpoint.advertiseAddress is missing; kubeadm would look at the machine's interfaces, which this program does not see."
      : `InitConfiguration.localAPIEndpoint.advertiseAddress is "${given}", for which kubeadm looks at the machine's interfaces.`,
    "Allowed is the node's own address.",
    "Write it, or remove nodeRegistration and localAPIEndpoint and give `nodes`.",
  );

/** For the caller: neither the text nor its `nodes` prop names one. */
export const noNodes = () =>
  error(
    "it describes no node.",
    "Allowed are InitConfiguration.nodeRegistration.name with localAPIEndpoint.advertiseAddress, the `nodes` prop, or both.",
    "Give at least one node.",
  );
