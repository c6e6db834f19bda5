import type { Construct } from "constructs";
import {
  type AuthorityId,
  type AuthorityRow,
  authority,
  inGeneration,
  type KeyGeneration,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../../catalog/authorities";
import type { ClusterFact } from "../../catalog/cluster-facts";
import { hasEtcdTls } from "../../catalog/etcd";
import type { Site } from "../../catalog/site";
import type { Store } from "../../terraform/store";
import { CertificateAuthority } from "./certificate-authority";
import { type ICertificateAuthority } from "./authority";
import { Duration } from "../duration";
import { storeMismatch } from "../errors";
import { generationOfGiven } from "./generation-errors";
import { type ClusterKeysProps, generationsOf } from "./generations";
import { KeyAlgorithm } from "./key-algorithm";
import { KeyPair } from "./key-pair";

/** The CAs of a cluster, and its service account key pair. */
export interface ClusterAuthorities {
  /** The Kubernetes CA. */
  readonly ca: ICertificateAuthority;
  /**
   * The CA of etcd. It may be the same as `ca`.
   * @default - none, for an external etcd
   */
  readonly "etcd-ca"?: ICertificateAuthority;
  /**
   * The CA of the front proxy.
   * @default - none, for kubelets, schedulers and etcd members, which do not need it
   */
  readonly "front-proxy-ca"?: ICertificateAuthority;
  /**
   * The key pair that signs service account tokens.
   * @default - none, for all components except API servers and controller managers
   */
  readonly serviceAccount?: KeyPair;
}

/** What a program gives for the authorities of its cluster. */
export interface GivenAuthorities {
  readonly certificateAuthority?: ICertificateAuthority;
  readonly etcdCertificateAuthority?: ICertificateAuthority;
  readonly frontProxyCertificateAuthority?: ICertificateAuthority;
  readonly keys?: ClusterKeysProps;
  readonly allowChangesTo?: readonly ClusterFact[];
}

/** The props with CAs that the program makes itself. */
const GIVEN = {
  ca: "certificateAuthority",
  "etcd-ca": "etcdCertificateAuthority",
  "front-proxy-ca": "frontProxyCertificateAuthority",
} as const satisfies Record<AuthorityId, keyof GivenAuthorities>;

/** Returns the authorities of a cluster: the given CAs, new CAs for the others, and a new key pair. */
export function makeAuthorities(
  cluster: Construct,
  store: Store,
  site: Site,
  given: GivenAuthorities,
): ClusterAuthorities {
  const generations = generationsOf(given.keys);
  const keepsKey = given.allowChangesTo?.includes("keyAlgorithm");
  const keyAlgorithm = KeyAlgorithm.of(site.keyAlgorithm);
  const made = (
    row: AuthorityRow,
    { number, trustsPrevious }: KeyGeneration,
  ): CertificateAuthority =>
    new CertificateAuthority(cluster, inGeneration(row.id, number), {
      store,
      keyAlgorithm,
      commonName: inGeneration(row.commonName, number),
      validity: Duration.hours(site.caCertificateValidity),
      path: `pki/${inGeneration(row.path, number)}`,
      purpose: purposeIn(row, number),
      keepsKey,
      ...(trustsPrevious && { previous: made(row, previousOf(number)) }),
    });
  const givenOrMade = (id: AuthorityId): ICertificateAuthority => {
    const row = authority(id);
    const known = given[GIVEN[id]];
    if (!known) return made(row, generations[row.key]);
    if (given.keys?.[row.key]) throw generationOfGiven(row.key, GIVEN[id]);
    requireStore(known, store);
    return known;
  };
  const keyPair = (
    row: typeof SERVICE_ACCOUNT_KEY_PAIR,
    { number, trustsPrevious }: KeyGeneration,
  ): KeyPair =>
    new KeyPair(cluster, inGeneration(row.id, number), {
      store,
      keyAlgorithm,
      path: `pki/${inGeneration(row.path, number)}`,
      purpose: purposeIn(row, number),
      keepsKey,
      ...(trustsPrevious && { previous: keyPair(row, previousOf(number)) }),
      ...(!trustsPrevious && number > 1 && { trustPrevious: false }),
    });
  return {
    ca: givenOrMade("ca"),
    ...(hasEtcdTls(site) && { "etcd-ca": givenOrMade("etcd-ca") }),
    "front-proxy-ca": givenOrMade("front-proxy-ca"),
    serviceAccount: keyPair(
      SERVICE_ACCOUNT_KEY_PAIR,
      generations[SERVICE_ACCOUNT_KEY_PAIR.key],
    ),
  };
}

/** The Kubernetes CA as far as the site depends on it, before it is made. */
export const kubernetesAuthority = ({
  certificateAuthority,
  keys,
}: GivenAuthorities): Pick<ICertificateAuthority, "hasKey" | "chain"> =>
  certificateAuthority ?? {
    hasKey: true,
    ...(generationsOf(keys).kubernetes.trustsPrevious && { chain: "trusted" }),
  };

/** The previous generation. Its own predecessor is not trusted any more. */
const previousOf = (number: number): KeyGeneration => ({
  number: number - 1,
  trustsPrevious: false,
});

const purposeIn = (
  { purpose }: { readonly purpose: string },
  number: number,
): string => (number === 1 ? purpose : `${purpose}, generation ${number}`);

/** Throws if a given CA is in another store than the cluster. */
export function requireStore(
  { node, store: own }: ICertificateAuthority,
  store: Store,
): void {
  if (own !== store)
    throw storeMismatch(node.path, store.directory, own.directory);
}
