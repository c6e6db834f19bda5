import { frozen } from "./frozen";
import type { UnitUser } from "./units";

/**
 * The certificate authorities of a cluster, and the key pair of the service accounts.
 * @see https://kubernetes.io/docs/setup/best-practices/certificates/
 */
export type AuthorityId = "ca" | "etcd-ca" | "front-proxy-ca";

/** The keys of a cluster of which there may be several generations, by the names of the prop `keys`. */
export type ClusterKey =
  "kubernetes" | "etcd" | "frontProxy" | "serviceAccounts";

export const CLUSTER_KEYS: readonly ClusterKey[] = frozen([
  "kubernetes",
  "etcd",
  "frontProxy",
  "serviceAccounts",
] as const);

/** The generation of each key, as far as it is not the first one. */
export type KeyGenerations = Readonly<
  Partial<Record<ClusterKey, KeyGeneration>>
>;

export interface KeyGeneration {
  readonly number: number;
  /** Whether the previous generation is trusted, too. */
  readonly trustsPrevious: boolean;
}

/** How a generation of a key after the first is named, in files and in certificates: `ca-2`. */
export const inGeneration = (name: string, generation: number): string =>
  generation === 1 ? name : `${name}-${generation}`;

export interface AuthorityRow {
  readonly id: AuthorityId;
  /** Its name in the prop `keys`. */
  readonly key: ClusterKey;
  /** A description for people, which `inspect` prints. */
  readonly purpose: string;
  /** Relative to `certificatesDir`, without `.crt` and `.key`. */
  readonly path: string;
  readonly commonName: string;
  /** The user that reads its key on a node whose units run as their own users. Absent: only root. */
  readonly keyReader?: UnitUser;
}

export const AUTHORITIES: readonly AuthorityRow[] = frozen([
  {
    id: "ca",
    key: "kubernetes",
    purpose: "certificate authority of Kubernetes",
    path: "ca",
    commonName: "kubernetes",
    // The controller manager signs with it.
    keyReader: "kubernetes",
  },
  {
    id: "etcd-ca",
    key: "etcd",
    purpose: "certificate authority of etcd",
    path: "etcd/ca",
    commonName: "etcd-ca",
  },
  {
    id: "front-proxy-ca",
    key: "frontProxy",
    purpose: "certificate authority of the front proxy",
    path: "front-proxy-ca",
    commonName: "front-proxy-ca",
  },
] as const);

export function authority(id: AuthorityId): AuthorityRow {
  return AUTHORITIES.find((row) => row.id === id)!;
}

/** Further files in `certificatesDir`, if the user provides an intermediate CA as the Kubernetes CA. */
export const AUTHORITY_PARTS = frozen({
  /** Only the CA that signs, if `ca.crt` also contains other CAs that the cluster trusts. */
  issuer: "ca-issuer.crt",
  /** The CA that signs and its issuers up to the root, if `ca.crt` contains only the CA that signs. */
  chain: "ca-chain.crt",
});

export type AuthorityPart = keyof typeof AUTHORITY_PARTS;

/** The store's file with a CA and its issuers: `pki/ca-chain.crt`. */
export const chainPath = (certificatePath: string): string =>
  certificatePath.replace(/(\.crt)?$/, "-chain.crt");

/**
 * The store's file with a CA's cross certificate, which the previous generation of the CA signed: `pki/ca-2-cross.crt`.
 */
export const crossPath = (certificatePath: string): string =>
  certificatePath.replace(/(\.crt)?$/, "-cross.crt");

/** The service account key pair, `sa.key` and `sa.pub`, which signs service account tokens. It has no certificate. */
export const SERVICE_ACCOUNT_KEY_PAIR = frozen({
  id: "sa",
  key: "serviceAccounts",
  purpose: "key pair that signs service account tokens",
  keyReader: "kubernetes",
  path: "sa",
} as const);
