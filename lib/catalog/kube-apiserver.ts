import { directoryOfFlag, lastValue } from "./arguments";
import {
  caVolumes,
  type ComponentRow,
  directory,
  externalEtcdVolumes,
  kubernetesImage,
  probeHost,
} from "./component";
import {
  ENCRYPTION_FLAG,
  encryptionDirectory,
  encryptionFile,
  RELOAD_FLAG,
  reloadsEncryption,
} from "./encryption";
import { managedEndpoint, SHUTDOWN_DELAY } from "./endpoint";
import { clientUrl, loopbackUrl } from "./etcd";
import { frozen } from "./frozen";
import { certificatePath } from "./paths";
import type { Site, SiteNode } from "./site";

/**
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/controlplane/manifests.go
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
export const KUBE_APISERVER: ComponentRow = frozen<ComponentRow>({
  id: "kube-apiserver",
  purpose: "serves the Kubernetes API",
  prop: "apiServer",
  image: (site) => kubernetesImage(site, "kube-apiserver"),
  port: (_site, node) => node.bindPort,
  arguments: (site, node) => {
    const pki = (path: string): string => certificatePath(site, path);
    return {
      "advertise-address": node.address.host,
      "allow-privileged": "true",
      // The API server accepts only one of `--authorization-config` and `--authorization-mode`.
      ...("authorization-config" in site.apiServer.extraArgs
        ? {}
        : { "authorization-mode": "Node,RBAC" }),
      ...(node.bindAddress !== undefined && {
        "bind-address": node.bindAddress,
      }),
      "client-ca-file": pki("ca.crt"),
      "enable-admission-plugins": "NodeRestriction",
      "enable-bootstrap-token-auth": "true",
      ...encryptionArguments(site),
      ...etcdArguments(site, node),
      ...(site.version.insecurePorts ? { "insecure-port": "0" } : {}),
      ...(site.runtime.kind === "processes"
        ? {}
        : {
            "kubelet-client-certificate": pki("apiserver-kubelet-client.crt"),
            "kubelet-client-key": pki("apiserver-kubelet-client.key"),
            "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
          }),
      "proxy-client-cert-file": pki("front-proxy-client.crt"),
      "proxy-client-key-file": pki("front-proxy-client.key"),
      "requestheader-allowed-names": "front-proxy-client",
      "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-username-headers": "X-Remote-User",
      "secure-port": String(node.bindPort),
      "service-account-issuer": `https://kubernetes.default.svc.${site.dnsDomain}`,
      "service-account-key-file": pki("sa.pub"),
      "service-account-signing-key-file": pki("sa.key"),
      "service-cluster-ip-range": site.serviceSubnets.join(","),
      ...(managedEndpoint(site) && {
        "shutdown-delay-duration": SHUTDOWN_DELAY,
      }),
      "tls-cert-file": pki("apiserver.crt"),
      "tls-private-key-file": pki("apiserver.key"),
    };
  },
  options: (site) => site.apiServer,
  // The probes use the advertised address, not the loopback address, because the API server must answer there.
  probes: (site, node) => ({
    host: probeHost(node.bindAddress ?? node.address.host),
    scheme: "HTTPS",
    onlyConnects: site.healthRefusal !== undefined,
    liveness: "/livez",
    readiness: "/readyz",
    startup: "/livez",
  }),
  requests: () => ({ cpu: "250m" }),
  volumes: (site) => [
    ...caVolumes(site),
    directory("k8s-certs", site.certificatesDir),
    ...(site.encryption
      ? [directory("encryption", encryptionDirectory(site))]
      : []),
    ...externalEtcdVolumes(site),
  ],
  directories: (site) =>
    directoryOfFlag(site.apiServer.extraArgs, "audit-log-path"),
  annotations: (_site, node) => ({
    // `kubeadm join` and `kubeadm upgrade` read the node's advertised endpoint from this annotation.
    "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": `${node.address.urlHost}:${node.bindPort}`,
  }),
});

/** The flags with which an API server encrypts values in etcd, if it does. */
export function encryptionArguments(site: Site): Record<string, string> {
  const { encryption } = site;
  if (!encryption) return {};
  return {
    [ENCRYPTION_FLAG]: encryption.file ?? encryptionFile(site),
    ...(reloadsEncryption(site) && { [RELOAD_FLAG]: "true" }),
  };
}

function etcdArguments(site: Site, node: SiteNode): Record<string, string> {
  const { etcd } = site;
  if (etcd.kind === "external") {
    return {
      ...(etcd.caFile ? { "etcd-cafile": etcd.caFile } : {}),
      ...(etcd.certFile && etcd.keyFile
        ? { "etcd-certfile": etcd.certFile, "etcd-keyfile": etcd.keyFile }
        : {}),
      "etcd-servers": etcd.endpoints.join(","),
    };
  }
  // An API server uses only the member on its own node, through the loopback address, or else all dedicated members.
  const servers = etcd.nodes
    ? etcd.nodes.map((each) => clientUrl(site, each))
    : [loopbackUrl(site, node)];
  return {
    ...(etcd.tls && {
      "etcd-cafile": certificatePath(site, "etcd/ca.crt"),
      "etcd-certfile": certificatePath(site, "apiserver-etcd-client.crt"),
      "etcd-keyfile": certificatePath(site, "apiserver-etcd-client.key"),
    }),
    "etcd-servers":
      lastValue(etcd.extraArgs, "advertise-client-urls") ?? servers.join(","),
  };
}
