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

export const AUTHORITIES: readonly AuthorityRow[] = Object.freeze([
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

/** Signs the tokens of service accounts: `sa.key` and `sa.pub`, a key pair without a certificate. */
export const SERVICE_ACCOUNT_KEY_PAIR = Object.freeze({
  id: "sa",
  purpose: "key pair that signs service account tokens",
  keyReader: "kubernetes",
  path: "sa",
} as const);
