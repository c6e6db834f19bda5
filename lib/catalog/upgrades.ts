import { frozen } from "./frozen";

/** The release that every member of etcd must run before one of them gets the next minor. */
export interface EtcdBridge {
  readonly minor: number;
  readonly patch: number;
  /** Why an earlier patch is not enough. A complete sentence, for the error. */
  readonly reason: string;
  /** The guide that says so. */
  readonly source: string;
}

export const ETCD_BRIDGES: readonly EtcdBridge[] = frozen<EtcdBridge[]>([
  {
    minor: 5,
    patch: 32,
    reason:
      "Members of an earlier 3.5 may bring members that were removed long ago back into the cluster when they become 3.6.",
    source: "https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/",
  },
  {
    minor: 6,
    patch: 11,
    reason:
      "Members of an earlier 3.6 may not work together with those of 3.7.",
    source: "https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/",
  },
]);
