import { frozen } from "./frozen";

/**
 * The differences between versions of Kubernetes. A new version is a new row, which states only what changed. Facts that
 * a patch release may change (images, one organization) are those of the release in `measured`.
 */
export interface VersionRow {
  readonly minor: number;
  /** The release with whose kubeadm the row was compared. */
  readonly measured: string;
  /** Whether the version can be deployed. Versions that kubeadm no longer supports can only be rendered, for comparison. */
  readonly deployable: boolean;
  readonly etcdImageTag: string;
  readonly coreDnsImageTag: string;
  readonly pauseImageTag: string;
  /** Probes name the container port `probe-port` instead of repeating its number. */
  readonly namedProbePorts: boolean;
  /** Directories that `/etc/ssl/certs` links into; kubeadm mounts those that it finds on the machine. */
  readonly caDirectories: readonly string[];
  /** The controller manager mounts the directory of the FlexVolume plugins. */
  readonly flexVolume: boolean;
  /** Which flags of etcd enable the corruption check at start and the reports of watch progress: see `etcd.ts`. */
  readonly etcdWatchFlags: "none" | "experimental" | "by image tag" | "stable";
  /** kubeadm's feature gates that change an artefact, with their defaults. */
  readonly featureGates: {
    /** The kubelet of a control-plane node talks to its own API server. */
    readonly ControlPlaneKubeletLocalMode: boolean;
    /** The container runtime's socket is a field of each node's kubelet configuration, not a flag. */
    readonly NodeLocalCRISocket: boolean;
  };
  /** kubelet has a flag with the pause image, so that it does not remove that image. */
  readonly podInfraContainerImage: boolean;
  /** The organizations of the API server's client certificate for kubelets. */
  readonly kubeletClientOrganizations: readonly string[];
  /** A ClusterRoleBinding gives the API server's user the right to use the kubelets. */
  readonly kubeletClientBinding: boolean;
  /** The `mode` that kubeadm writes for kube-proxy even if the user did not set one. */
  readonly kubeProxyMode?: string;
  /** The kubeadm configuration lists where an external etcd answers HTTP. */
  readonly etcdHttpEndpoints: boolean;
  /** The values that `encryptionAlgorithm` may have. */
  readonly encryptionAlgorithms: readonly string[];
  /** The path of the scheduler's liveness and startup probes. It has a readiness probe only if this is not `/healthz`. */
  readonly schedulerHealth: "/healthz" | "/livez";
  /** etcd answers `/livez` and `/readyz`, not only `/health`. */
  readonly etcdHealth: "/health" | "/livez";
  /** The insecure ports still exist and must be closed by a flag. */
  readonly insecurePorts: boolean;
  /** Static pods name their priority and seccomp profile. */
  readonly podSecurity: boolean;
  readonly etcdEphemeralStorage: boolean;
}

const V1_33: VersionRow = {
  minor: 33,
  measured: "1.33.13",
  deployable: true,
  etcdImageTag: "3.5.24-0",
  coreDnsImageTag: "v1.12.0",
  pauseImageTag: "3.10",
  namedProbePorts: false,
  caDirectories: [
    "/etc/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
  ],
  flexVolume: true,
  etcdWatchFlags: "experimental",
  featureGates: {
    ControlPlaneKubeletLocalMode: true,
    NodeLocalCRISocket: false,
  },
  podInfraContainerImage: true,
  kubeletClientOrganizations: [],
  kubeletClientBinding: true,
  etcdHttpEndpoints: false,
  encryptionAlgorithms: ["RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256"],
  schedulerHealth: "/livez",
  etcdHealth: "/livez",
  insecurePorts: false,
  podSecurity: true,
  etcdEphemeralStorage: false,
};

const V1_34: VersionRow = {
  ...V1_33,
  minor: 34,
  measured: "1.34.4",
  etcdImageTag: "3.6.5-0",
  coreDnsImageTag: "v1.12.1",
  pauseImageTag: "3.10.1",
  namedProbePorts: true,
  etcdWatchFlags: "by image tag",
  featureGates: {
    ControlPlaneKubeletLocalMode: true,
    NodeLocalCRISocket: true,
  },
  kubeletClientOrganizations: ["kubeadm:cluster-admins"],
  kubeletClientBinding: false,
  encryptionAlgorithms: [...V1_33.encryptionAlgorithms, "ECDSA-P384"],
};

const V1_35: VersionRow = {
  ...V1_34,
  minor: 35,
  measured: "1.35.4",
  etcdImageTag: "3.6.6-0",
  coreDnsImageTag: "v1.13.1",
  podInfraContainerImage: false,
  etcdHttpEndpoints: true,
};

const V1_36: VersionRow = {
  ...V1_35,
  minor: 36,
  measured: "1.36.3",
  etcdImageTag: "3.6.8-0",
  coreDnsImageTag: "v1.14.2",
  pauseImageTag: "3.10.2",
  flexVolume: false,
  etcdWatchFlags: "stable",
  kubeletClientOrganizations: [],
  kubeletClientBinding: true,
};

const V1_37: VersionRow = {
  ...V1_36,
  minor: 37,
  measured: "1.37.1",
  etcdImageTag: "3.7.0-0",
  coreDnsImageTag: "v1.14.6",
  kubeProxyMode: "iptables",
};

/** Kubernetes of 2021, for comparison with old manifests that people still have. It cannot be deployed. */
const V1_21: VersionRow = {
  ...V1_33,
  minor: 21,
  measured: "1.21.0",
  deployable: false,
  etcdImageTag: "3.4.13-0",
  coreDnsImageTag: "v1.8.0",
  pauseImageTag: "3.4.1",
  caDirectories: ["/etc/pki"],
  etcdWatchFlags: "none",
  featureGates: {
    ControlPlaneKubeletLocalMode: false,
    NodeLocalCRISocket: false,
  },
  kubeletClientOrganizations: ["system:masters"],
  kubeletClientBinding: false,
  schedulerHealth: "/healthz",
  etcdHealth: "/health",
  insecurePorts: true,
  podSecurity: false,
  etcdEphemeralStorage: true,
};

export const VERSIONS: readonly VersionRow[] = frozen([
  V1_21,
  V1_33,
  V1_34,
  V1_35,
  V1_36,
  V1_37,
]);

/** The minors that can be deployed, oldest first. */
export const SUPPORTED_MINORS: readonly number[] = frozen(
  VERSIONS.filter((row) => row.deployable).map((row) => row.minor),
);

/** A release of Kubernetes: its version as in image tags, and the facts of its row. */
export interface KubernetesVersion extends VersionRow {
  /** With the `v`: `v1.36.3`. */
  readonly text: string;
}

/** The version of the etcd that a version of Kubernetes comes with: `3.6.8`. */
export const etcdVersionOf = ({
  etcdImageTag,
}: Pick<KubernetesVersion, "etcdImageTag">): string =>
  etcdImageTag.split("-")[0];

/** Parses `1.36.3` or `v1.36.3`; `undefined` if it is not a release, or if its minor version cannot be deployed. */
export function parseKubernetesVersion(
  text: string,
): KubernetesVersion | undefined {
  const version = parseAnyVersion(text);
  return version?.deployable ? version : undefined;
}

/** Parses a release, including those that can only be rendered. */
export function parseAnyVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?(1\.(\d+)\.\d+(-[0-9A-Za-z.-]+)?)$/.exec(text);
  const row = match && VERSIONS.find(({ minor }) => minor === Number(match[2]));
  return row ? { ...row, text: `v${match[1]}` } : undefined;
}
