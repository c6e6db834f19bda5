import { indexedAddress } from "./addresses";
import type { AuthorityId } from "./authorities";
import { lastValue } from "./arguments";
import type { ComponentId } from "./component-id";
import { hasEtcdTls } from "./etcd";
import { frozen } from "./frozen";
import { goBool } from "./go-bool";
import type { Site, SiteNode } from "./site";
import type { UnitUser } from "./units";

/** The extended key usages, as OpenSSL names them. */
export type Usage = "serverAuth" | "clientAuth";

export interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

export interface CertificateRow {
  readonly id: string;
  readonly purpose: string;
  readonly authority: AuthorityId;
  readonly component: ComponentId;
  /** Without `.crt` and `.key`; absolute, or relative to `certificatesDir`. */
  readonly path: string;
  readonly usages: readonly Usage[];
  /** The component to which its own component connects with it as a client. Absent: none that runs on a node. */
  readonly connectsTo?: ComponentId;
  subject(site: Site, node: SiteNode): Subject;
  /** DNS names and IP addresses. Client certificates have none. */
  names?(site: Site, node: SiteNode): readonly string[];
  /** The user that reads its key on a node whose units run as their own users. Absent: the user of its component. */
  readonly keyReader?: UnitUser;
  /** Whether the cluster needs it. Absent: always. */
  needed?(site: Site): boolean;
}

/** Whether the cluster has kubelets. A control plane of local processes has none. */
const withKubelets = ({ runtime }: Site): boolean =>
  runtime.kind !== "processes";

/** etcd's certificates are valid for the node's addresses and for both loopback addresses. */
const etcdNames =
  (sans: "serverCertSans" | "peerCertSans") =>
  ({ etcd }: Site, node: SiteNode): readonly string[] => [
    node.name,
    "localhost",
    node.address.host,
    "127.0.0.1",
    "::1",
    ...node.addresses,
    ...(etcd.kind === "local" ? etcd[sans] : []),
  ];

/**
 * Every leaf certificate that has its own files. Those inside kubeconfigs are rows of `KUBECONFIGS`.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/certs/certlist.go
 */
export const CERTIFICATES: readonly CertificateRow[] = frozen<CertificateRow[]>(
  [
    {
      id: "apiserver",
      purpose: "serving certificate of kube-apiserver",
      authority: "ca",
      component: "kube-apiserver",
      path: "apiserver",
      usages: ["serverAuth"],
      subject: () => ({ commonName: "kube-apiserver" }),
      names: (site, node) => [
        // A local process has no node name, and there is no service network in which pods could reach it.
        ...(site.runtime.kind === "processes" ? [] : [node.name]),
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        `kubernetes.default.svc.${site.dnsDomain}`,
        ...(site.runtime.kind === "processes"
          ? []
          : [indexedAddress(site.serviceSubnets[0], 1)]),
        node.address.host,
        ...node.addresses,
        ...(site.endpoint ? [site.endpoint.host] : []),
        ...site.certSans,
      ],
    },
    {
      id: "apiserver-kubelet-client",
      purpose: "client certificate of kube-apiserver for kubelets",
      authority: "ca",
      component: "kube-apiserver",
      path: "apiserver-kubelet-client",
      usages: ["clientAuth"],
      connectsTo: "kubelet",
      subject: (site) => ({
        commonName: "kube-apiserver-kubelet-client",
        organizations: site.version.kubeletClientOrganizations,
      }),
      needed: withKubelets,
    },
    {
      id: "front-proxy-client",
      purpose: "client certificate of kube-apiserver for extension API servers",
      authority: "front-proxy-ca",
      component: "kube-apiserver",
      path: "front-proxy-client",
      usages: ["clientAuth"],
      subject: () => ({ commonName: "front-proxy-client" }),
    },
    {
      id: "apiserver-etcd-client",
      purpose: "client certificate of kube-apiserver for etcd",
      authority: "etcd-ca",
      component: "kube-apiserver",
      path: "apiserver-etcd-client",
      usages: ["clientAuth"],
      connectsTo: "etcd",
      subject: () => ({ commonName: "kube-apiserver-etcd-client" }),
      needed: hasEtcdTls,
    },
    {
      id: "etcd-server",
      purpose: "serving certificate of etcd",
      authority: "etcd-ca",
      component: "etcd",
      path: "etcd/server",
      // etcd's gRPC gateway connects to etcd itself, and presents the serving certificate as its client certificate.
      usages: ["serverAuth", "clientAuth"],
      subject: (_site, { name }) => ({ commonName: name }),
      names: etcdNames("serverCertSans"),
      needed: hasEtcdTls,
    },
    {
      id: "etcd-peer",
      purpose: "certificate of etcd for its peers",
      authority: "etcd-ca",
      component: "etcd",
      path: "etcd/peer",
      usages: ["serverAuth", "clientAuth"],
      connectsTo: "etcd",
      subject: (_site, { name }) => ({ commonName: name }),
      names: etcdNames("peerCertSans"),
      needed: hasEtcdTls,
    },
    {
      id: "etcd-healthcheck-client",
      purpose: "client certificate for health checks of etcd",
      authority: "etcd-ca",
      component: "etcd",
      // This certificate has full access to etcd, so only root may read its key.
      keyReader: "root",
      path: "etcd/healthcheck-client",
      usages: ["clientAuth"],
      subject: () => ({ commonName: "kube-etcd-healthcheck-client" }),
      needed: hasEtcdTls,
    },
    {
      // If its certificate directory has a pair with this name, kubelet uses it instead of signing one itself.
      // @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubelet/app/server.go#L1138
      id: "kubelet-server",
      purpose: "serving certificate of kubelet",
      authority: "ca",
      component: "kubelet",
      path: "/var/lib/kubelet/pki/kubelet",
      usages: ["serverAuth"],
      // An API server may compare it with the node's name (KubeletCertCNValidation).
      subject: (_site, node) => ({
        commonName: `system:node:${node.name}`,
        organizations: ["system:nodes"],
      }),
      names: (_site, node) => [node.name, node.address.host, ...node.addresses],
      needed: ({ kubelet: { config, extraArgs } }) => {
        const rotates = lastValue(extraArgs, "rotate-server-certificates");
        const requests =
          rotates === undefined
            ? config.serverTLSBootstrap === true
            : goBool(rotates) !== false;
        return (
          !requests &&
          !config.tlsCertFile &&
          !["tls-cert-file", "cert-dir"].some((flag) => flag in extraArgs)
        );
      },
    },
  ],
);

/** The certificates of one component. */
export function certificatesOf(
  component: ComponentId,
): readonly CertificateRow[] {
  return CERTIFICATES.filter((row) => row.component === component);
}

/** Whether the cluster needs this certificate. With an external etcd, for example, it needs none of etcd's. */
export function isNeeded(row: CertificateRow, site: Site): boolean {
  return row.needed?.(site) ?? true;
}
