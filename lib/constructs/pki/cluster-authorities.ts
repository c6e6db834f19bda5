import type { Construct } from "constructs";
import {
  type AuthorityId,
  authority,
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

/** Returns the authorities of a cluster: the given CAs, new CAs for the others, and a new key pair. */
export function makeAuthorities(
  cluster: Construct,
  store: Store,
  site: Site,
  given: {
    readonly certificateAuthority?: ICertificateAuthority;
    readonly etcdCertificateAuthority?: ICertificateAuthority;
    readonly frontProxyCertificateAuthority?: ICertificateAuthority;
    readonly allowChangesTo?: readonly ClusterFact[];
  },
): ClusterAuthorities {
  const keepsKey = given.allowChangesTo?.includes("keyAlgorithm");
  const keyAlgorithm = KeyAlgorithm.of(site.keyAlgorithm);
  const givenOrNew = (id: AuthorityId, known?: ICertificateAuthority) => {
    if (known) {
      requireStore(known, store);
      return known;
    }
    const row = authority(id);
    return new CertificateAuthority(cluster, id, {
      store,
      keyAlgorithm,
      commonName: row.commonName,
      validity: Duration.hours(site.caCertificateValidity),
      path: `pki/${row.path}`,
      purpose: row.purpose,
      keepsKey,
    });
  };
  return {
    ca: givenOrNew("ca", given.certificateAuthority),
    ...(hasEtcdTls(site) && {
      "etcd-ca": givenOrNew("etcd-ca", given.etcdCertificateAuthority),
    }),
    "front-proxy-ca": givenOrNew(
      "front-proxy-ca",
      given.frontProxyCertificateAuthority,
    ),
    serviceAccount: new KeyPair(cluster, SERVICE_ACCOUNT_KEY_PAIR.id, {
      store,
      keyAlgorithm,
      path: `pki/${SERVICE_ACCOUNT_KEY_PAIR.path}`,
      purpose: SERVICE_ACCOUNT_KEY_PAIR.purpose,
      keepsKey,
    }),
  };
}

/** Throws if a given CA is in another store than the cluster. */
export function requireStore(
  { node, store: own }: ICertificateAuthority,
  store: Store,
): void {
  if (own !== store)
    throw storeMismatch(node.path, store.directory, own.directory);
}
