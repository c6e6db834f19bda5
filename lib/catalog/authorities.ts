import { frozen } from "./frozen";
import type { UnitUser } from "./units";

/**
 * The certificate authorities of a cluster, and the key pair of the service accounts.
 * @see https://kubernetes.io/docs/setup/best-practices/certificates/
 */
export type AuthorityId = "ca" | "etcd-ca" | "front-proxy-ca";

export interface AuthorityRow {
  readonly id: AuthorityId;
  /** In words: what `inspect` says it is for. */
  readonly purpose: string;
  /** Below `certificatesDir`, without `.crt` and `.key`. */
  readonly path: string;
  readonly commonName: string;
  /** Who reads its key on a node, where units have users of their own; absent: nobody but root. */
  readonly keyReader?: UnitUser;
}

export const AUTHORITIES: readonly AuthorityRow[] = frozen([
  {
    id: "ca",
    purpose: "certificate authority of Kubernetes",
    path: "ca",
    commonName: "kubernetes",
    // The controller manager signs with it.
    keyReader: "kubernetes",
  },
  {
    id: "etcd-ca",
    purpose: "certificate authority of etcd",
    path: "etcd/ca",
    commonName: "etcd-ca",
  },
  {
    id: "front-proxy-ca",
    purpose: "certificate authority of the front proxy",
    path: "front-proxy-ca",
    commonName: "front-proxy-ca",
  },
] as const);

export function authority(id: AuthorityId): AuthorityRow {
  return AUTHORITIES.find((row) => row.id === id)!;
}

/** Below `certificatesDir`, where the Kubernetes CA was brought with those that signed it. */
export const AUTHORITY_PARTS = frozen({
  /** The one that signs alone, where `ca.crt` holds others that are trusted as well. */
  issuer: "ca-issuer.crt",
  /** All up to the root, where `ca.crt` holds the one that signs alone. */
  chain: "ca-chain.crt",
});

export type AuthorityPart = keyof typeof AUTHORITY_PARTS;

/** Where the store keeps an authority with those that signed it: `pki/ca-chain.crt`. */
export const chainPath = (certificatePath: string): string =>
  certificatePath.replace(/(\.crt)?$/, "-chain.crt");

/** Signs the tokens of service accounts: `sa.key` and `sa.pub`, a key pair without a certificate. */
export const SERVICE_ACCOUNT_KEY_PAIR = frozen({
  id: "sa",
  purpose: "key pair that signs service account tokens",
  keyReader: "kubernetes",
  path: "sa",
} as const);
