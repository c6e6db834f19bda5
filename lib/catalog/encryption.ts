import { frozen } from "./frozen";
import type { Site } from "./site";

/** How API servers encrypt values. `identity` leaves them as they are. */
export type EncryptionProvider = "secretbox" | "aesgcm" | "identity";

/** The providers that have a key. */
export const KEYED_PROVIDERS = frozen(["secretbox", "aesgcm"] as const);

/** The bytes of a key: all that secretbox takes, and AES-256 of aesgcm. */
export const ENCRYPTION_KEY_BYTES = 32;

/** How a generation of a cluster's values is encrypted. */
export interface EncryptionTarget {
  readonly provider: EncryptionProvider;
  /** 1 for the first key of a cluster. Each key has a generation of its own. */
  readonly generation: number;
  /** The names of the resources, as in an EncryptionConfiguration: `secrets`, `deployments.apps`. */
  readonly resources: readonly string[];
}

/** The store's folder with the keys of all generations. */
export const ENCRYPTION_KEYS = "pki/encryption";

export const encryptionKeyPath = (generation: number): string =>
  `${ENCRYPTION_KEYS}/generation-${generation}.key`;

/** The generation of a key in the store; `undefined` for any other file. */
export function generationOf(path: string): number | undefined {
  const [, digits] = /\/generation-([1-9]\d{0,8})\.key$/.exec(path) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The name of a key in an EncryptionConfiguration, which is in front of each value that it encrypts. */
export const encryptionKeyName = (generation: number): string =>
  `generation-${generation}`;

/** What every encrypted value in etcd begins with. */
export const ENCRYPTED = "k8s:enc:";

/** What a value begins with in etcd; an empty text if it is not encrypted. */
export const encryptionPrefix = ({
  provider,
  generation,
}: Pick<EncryptionTarget, "provider" | "generation">): string =>
  provider === "identity"
    ? ""
    : `${ENCRYPTED}${provider}:v1:${encryptionKeyName(generation)}:`;

/** The directory of the EncryptionConfiguration in a node tree. It has one of its own, because API servers mount it. */
export const encryptionDirectory = (
  site: Pick<Site, "kubernetesDir">,
): string => `${site.kubernetesDir}/encryption`;

export const encryptionFile = (site: Pick<Site, "kubernetesDir">): string =>
  `${encryptionDirectory(site)}/configuration.yaml`;

/** The flag that names the EncryptionConfiguration, and the one with which API servers read it again when it changes. */
export const ENCRYPTION_FLAG = "encryption-provider-config";
export const RELOAD_FLAG = `${ENCRYPTION_FLAG}-automatic-reload`;

/**
 * The minor from which API servers tell in a metric which EncryptionConfiguration they use. Older ones restart, because
 * nothing tells whether they have read a new one.
 */
const TELLS_FROM = 34;

export const reloadsEncryption = ({
  version,
}: {
  readonly version: { readonly minor: number };
}): boolean => version.minor >= TELLS_FROM;

/** A resource of Kubernetes that is stored in etcd. */
export interface StoredResource {
  /** As in an EncryptionConfiguration: `secrets`, `deployments.apps`. */
  readonly name: string;
  /** Where an API server serves all of its objects: `/api/v1/secrets`. */
  readonly path: string;
  /** The folder of its values in etcd, below the prefix of all: `secrets`. */
  readonly folder: string;
}

/**
 * The resources of each API version, and the folder in etcd of those whose folder has another name.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/test/integration/etcd/data.go
 */
const RESOURCES: Readonly<Record<string, string>> = {
  v1: `configmaps endpoints=services/endpoints events limitranges namespaces nodes=minions persistentvolumeclaims
    persistentvolumes pods podtemplates replicationcontrollers=controllers resourcequotas secrets serviceaccounts
    services=services/specs`,
  "admissionregistration.k8s.io/v1": `mutatingwebhookconfigurations validatingadmissionpolicies
    validatingadmissionpolicybindings validatingwebhookconfigurations`,
  "apiextensions.k8s.io/v1":
    "customresourcedefinitions=apiextensions.k8s.io/customresourcedefinitions",
  "apiregistration.k8s.io/v1": "apiservices=apiregistration.k8s.io/apiservices",
  "apps/v1":
    "controllerrevisions daemonsets deployments replicasets statefulsets",
  "autoscaling/v2": "horizontalpodautoscalers",
  "batch/v1": "cronjobs jobs",
  "certificates.k8s.io/v1": "certificatesigningrequests",
  "coordination.k8s.io/v1": "leases",
  "discovery.k8s.io/v1": "endpointslices",
  "flowcontrol.apiserver.k8s.io/v1": "flowschemas prioritylevelconfigurations",
  "networking.k8s.io/v1":
    "ingressclasses ingresses=ingress ipaddresses networkpolicies servicecidrs",
  "node.k8s.io/v1": "runtimeclasses",
  "policy/v1": "poddisruptionbudgets",
  "rbac.authorization.k8s.io/v1":
    "clusterrolebindings clusterroles rolebindings roles",
  "scheduling.k8s.io/v1": "priorityclasses",
  "storage.k8s.io/v1":
    "csidrivers csinodes csistoragecapacities storageclasses volumeattachments",
};

/** The resources that can be encrypted. */
export const STORED_RESOURCES: readonly StoredResource[] = frozen(
  Object.entries(RESOURCES).flatMap(([version, words]) => {
    const [group] = version.includes("/") ? version.split("/") : [""];
    return words.split(/\s+/).map((word): StoredResource => {
      const [plural, folder = plural] = word.split("=");
      return {
        name: group === "" ? plural : `${plural}.${group}`,
        path: `${group === "" ? "/api" : "/apis"}/${version}/${plural}`,
        folder,
      };
    });
  }),
);

export const storedResource = (name: string): StoredResource | undefined =>
  STORED_RESOURCES.find((row) => row.name === name);
