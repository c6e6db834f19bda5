import { frozen } from "./frozen";

/** By how many minors a program may be older than the API servers. No program may be newer. */
export interface Skew {
  readonly older: number;
}

/**
 * The allowed skew between programs and the API servers, which have the minor of the cluster.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export const SKEWS: Readonly<Record<string, Skew>> = frozen({
  "kube-apiserver": { older: 0 },
  "kube-controller-manager": { older: 1 },
  "kube-scheduler": { older: 1 },
  "kube-proxy": { older: 3 },
  kubelet: { older: 3 },
});

/** The minor in a version of Kubernetes; NaN if there is no version. */
export const minorOf = (version = ""): number =>
  Number(/^v?1\.(\d+)\./.exec(version)?.[1] ?? NaN);

/**
 * From this minor on, kubelet by default does not start with version 1 of control groups.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/CHANGELOG/CHANGELOG-1.35.md
 */
export const CGROUPS_2_SINCE = 35;

/** The oldest containerd with which the kubelet of a minor, and of those after it, works. */
export interface ContainerdNeed {
  readonly since: number;
  readonly containerd: readonly [major: number, minor: number];
  /** What an older one lacks, as the rest of a sentence that begins with its version. */
  readonly lacks: string;
  /** @see */
  readonly source: string;
}

export const CONTAINERD_NEEDS: readonly ContainerdNeed[] = frozen<
  ContainerdNeed[]
>([
  {
    since: 26,
    containerd: [1, 6],
    lacks: "does not support CRI v1, which kubelet needs",
    source:
      "https://github.com/kubernetes/cri-client/blob/v0.36.3/pkg/remote_runtime.go",
  },
  {
    // CRI's RuntimeConfig. With it, kubelet uses containerd's cgroup driver instead of the one in its own configuration.
    since: 38,
    containerd: [2, 0],
    lacks: "does not tell kubelet its cgroup driver",
    source:
      "https://github.com/kubernetes/kubernetes/blob/v1.37.1/cmd/kubelet/app/server.go",
  },
]);

/** What the kubelet of a minor needs of containerd. */
export const containerdFor = (minor: number): ContainerdNeed =>
  CONTAINERD_NEEDS.findLast(({ since }) => since <= minor) ??
  CONTAINERD_NEEDS[0];
