import { frozen } from "./frozen";

/**
 * What differs between the versions of Kubernetes. A new version is a new row here, which says only what changed.
 * Facts that a patch release may change (images, one organization) are those of the release in `measured`.
 */
export interface VersionFacts {
  readonly minor: number;
  /** The release whose kubeadm the row was compared with. */
  readonly measured: string;
  /** Versions that kubeadm no longer supports can be rendered, to read and compare, but not deployed. */
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
  /** How etcd is told to check for corruption at start and to report watch progress: see `etcd.ts`. */
  readonly etcdWatchFlags: "none" | "experimental" | "by image tag" | "stable";
  /** kubeadm's feature gates that change an artefact, with their defaults. */
  readonly featureGates: {
    /** The kubelet of a control-plane node talks to its own API server. */
    readonly ControlPlaneKubeletLocalMode: boolean;
    /** The container runtime's socket is a field of each node's kubelet configuration, not a flag. */
    readonly NodeLocalCRISocket: boolean;
  };
  /** kubelet is told the pause image, so that it doesn't remove it. */
  readonly podInfraContainerImage: boolean;
  /** The organizations of the API server's client certificate for kubelets. */
  readonly kubeletClientOrganizations: readonly string[];
  /** The API server's right to use the kubelets is a ClusterRoleBinding of its user. */
  readonly kubeletClientBinding: boolean;
  /** kubeadm writes the `mode` of kube-proxy even where nobody asked for one. */
  readonly kubeProxyMode?: string;
  /** The kubeadm configuration lists where an external etcd answers HTTP. */
  readonly etcdHttpEndpoints: boolean;
  /** The values that `encryptionAlgorithm` may have. */
  readonly encryptionAlgorithms: readonly string[];
  /** The path of liveness and startup probes of the scheduler; a readiness probe exists where it isn't `/healthz`. */
  readonly schedulerHealth: "/healthz" | "/livez";
  /** etcd answers `/livez` and `/readyz`, not only `/health`. */
  readonly etcdHealth: "/health" | "/livez";
  /** The insecure ports still exist and have to be closed by a flag. */
  readonly insecurePorts: boolean;
  /** Static pods name their priority and seccomp profile. */
  readonly podSecurity: boolean;
  readonly etcdEphemeralStorage: boolean;
}

const V1_33: VersionFacts = {
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

const V1_34: VersionFacts = {
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

const V1_35: VersionFacts = {
  ...V1_34,
  minor: 35,
  measured: "1.35.4",
  etcdImageTag: "3.6.6-0",
  coreDnsImageTag: "v1.13.1",
  podInfraContainerImage: false,
  etcdHttpEndpoints: true,
};

const V1_36: VersionFacts = {
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

const V1_37: VersionFacts = {
  ...V1_36,
  minor: 37,
  measured: "1.37.1",
  etcdImageTag: "3.7.0-0",
  coreDnsImageTag: "v1.14.6",
  kubeProxyMode: "iptables",
};

/** The static pods of a machine of 2021: the oldest manifests that people still bring along. */
const V1_21: VersionFacts = {
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

export const VERSIONS: readonly VersionFacts[] = frozen([
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

/** One release of Kubernetes: its name as images have it, and the facts of its row. */
export interface KubernetesVersion extends VersionFacts {
  /** With the `v`: `v1.36.3`. */
  readonly text: string;
}

/** `1.36.3` or `v1.36.3`; `undefined` for what is no release, or a minor that cannot be deployed. */
export function parseKubernetesVersion(
  text: string,
): KubernetesVersion | undefined {
  const version = parseAnyVersion(text);
  return version?.deployable ? version : undefined;
}

/** Also the versions that can only be rendered. */
export function parseAnyVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?(1\.(\d+)\.\d+(-[0-9A-Za-z.-]+)?)$/.exec(text);
  const row = match && VERSIONS.find(({ minor }) => minor === Number(match[2]));
  return row ? { ...row, text: `v${match[1]}` } : undefined;
}
