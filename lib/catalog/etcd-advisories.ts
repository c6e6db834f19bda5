import { frozen } from "./frozen";
import { etcdVersionOf, type VersionRow } from "./versions";

/** A security advisory about etcd, with the first patch of each minor that has the fix. */
export interface EtcdAdvisory {
  readonly id: string;
  readonly source: string;
  readonly fixed: readonly { readonly minor: number; readonly patch: number }[];
}

/**
 * The advisories that etcd's default versions are affected by. kubeadm's default is kept, so that a plan is equal to
 * kubeadm's and does not change with the library; users choose the fixed release.
 */
export const ETCD_ADVISORIES: readonly EtcdAdvisory[] = frozen<EtcdAdvisory[]>([
  {
    id: "GHSA-6vch-q96h-7gc3",
    source:
      "https://github.com/etcd-io/etcd/security/advisories/GHSA-6vch-q96h-7gc3",
    fixed: [
      { minor: 5, patch: 33 },
      { minor: 6, patch: 14 },
      { minor: 7, patch: 1 },
    ],
  },
]);

/** The advisories that affect a release of etcd, and the first release of the same minor without them. */
export interface EtcdAdvice {
  readonly advisories: readonly EtcdAdvisory[];
  /** `3.6.14` */
  readonly recommended: string;
}

/** What is known about a release of etcd, `3.6.8`; `undefined` if no advisory affects it. */
export function etcdAdvice(release: string): EtcdAdvice | undefined {
  const [, minor, patch] = release.split(".").map(Number);
  const affecting = ETCD_ADVISORIES.flatMap((advisory) => {
    const fix = advisory.fixed.find((each) => each.minor === minor);
    return fix && patch < fix.patch ? [{ advisory, patch: fix.patch }] : [];
  });
  if (affecting.length === 0) return undefined;
  const fixed = Math.max(...affecting.map((each) => each.patch));
  return {
    advisories: affecting.map(({ advisory }) => advisory),
    recommended: `3.${minor}.${fixed}`,
  };
}

/** The tag of etcd's image that is recommended with a version of Kubernetes: kubeadm's, unless an advisory affects it. */
export const recommendedEtcdTag = (row: VersionRow): string => {
  const advice = etcdAdvice(etcdVersionOf(row));
  return advice ? imageTagOf(advice.recommended) : row.etcdImageTag;
};

/** The tag under which Kubernetes' registry has a release of etcd. The number after it counts the builds of the image. */
export const imageTagOf = (release: string): string => `${release}-0`;
