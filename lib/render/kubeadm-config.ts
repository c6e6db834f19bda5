import { argumentList } from "../catalog/arguments";
import { encryptionDirectory } from "../catalog/encryption";
import { encryptionArguments } from "../catalog/kube-apiserver";
import { goDuration } from "../catalog/go-duration";
import { compact, type KubernetesObject } from "./kubernetes-object";
import { reference } from "./references";
import { withFieldVersion } from "./static-pod";
import { isKubeProxyUnit } from "../catalog/units";
import { clientUrl, etcdNodes, isDedicated } from "../catalog/etcd";
import { certificatePath } from "../catalog/paths";
import type {
  ComponentOptions,
  ExternalEtcd,
  ImageOverride,
  LocalEtcd,
  Site,
} from "../catalog/site";

/** The configuration of the cluster that `kubeadm join` and `kubeadm upgrade` read. */
export function kubeadmConfig(site: Site): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kubeadm-config", namespace: "kube-system" },
    data: {
      ClusterConfiguration: reference({ $yaml: clusterConfiguration(site) }),
    },
  };
}

/** @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/ */
export function clusterConfiguration(site: Site): Record<string, unknown> {
  const { endpoint, featureGates, version } = site;
  return compact({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    apiServer: compact({
      certSANs: nonEmpty(site.certSans),
      ...component(withEncryption(site)),
    }),
    caCertificateValidityPeriod: goDuration(site.caCertificateValidity),
    certificateValidityPeriod: goDuration(site.certificateValidity),
    certificatesDir: site.certificatesDir,
    clusterName: site.clusterName,
    controlPlaneEndpoint: endpoint && `${endpoint.urlHost}:${endpoint.port}`,
    controllerManager: component(site.controllerManager),
    dns: compact({
      disabled: site.dns.enabled ? undefined : true,
      ...image(site.dns.image),
    }),
    // A kubeadm that does not support an algorithm refuses the whole configuration.
    encryptionAlgorithm: version.encryptionAlgorithms.includes(
      site.keyAlgorithm,
    )
      ? site.keyAlgorithm
      : undefined,
    etcd:
      site.etcd.kind === "external"
        ? external(site, site.etcd)
        : isDedicated(site)
          ? external(site, dedicated(site))
          : { local: localEtcd(site.etcd) },
    featureGates:
      Object.keys(featureGates).length > 0 ? featureGates : undefined,
    imageRepository: site.imageRepository,
    kubernetesVersion: version.text,
    networking: compact({
      dnsDomain: site.dnsDomain,
      podSubnet: site.podSubnets.join(",") || undefined,
      serviceSubnet: site.serviceSubnets.join(","),
    }),
    // Without this, kubeadm would add the pods of kube-proxy.
    proxy:
      site.kubeProxy.enabled && !isKubeProxyUnit(site)
        ? {}
        : { disabled: true },
    scheduler: component(site.scheduler),
  });
}

function component({
  extraArgs,
  extraVolumes,
  extraEnvs,
}: ComponentOptions): object {
  return compact({
    extraArgs: nonEmpty(
      argumentList(extraArgs).map(([name, value]) => ({ name, value })),
    ),
    extraEnvs: nonEmpty(extraEnvs.map(withFieldVersion)),
    extraVolumes: nonEmpty(extraVolumes.map(compact)),
  });
}

/** The API server that kubeadm would make could not read encrypted values without these. */
function withEncryption(site: Site): ComponentOptions {
  const { apiServer, encryption } = site;
  if (!encryption) return apiServer;
  const path = encryptionDirectory(site);
  return {
    ...apiServer,
    extraArgs: { ...encryptionArguments(site), ...apiServer.extraArgs },
    extraVolumes: [
      ...apiServer.extraVolumes,
      {
        name: "encryption",
        hostPath: path,
        mountPath: path,
        readOnly: true,
        pathType: "DirectoryOrCreate",
      },
    ],
  };
}

function localEtcd(etcd: LocalEtcd): object {
  return compact({
    dataDir: etcd.dataDir,
    ...image(etcd.image),
    ...component({ ...etcd, extraVolumes: [] }),
    peerCertSANs: nonEmpty(etcd.peerCertSans),
    serverCertSANs: nonEmpty(etcd.serverCertSans),
  });
}

/** A dedicated etcd as kubeadm sees it: an external etcd, whose members it does not manage. */
const dedicated = (site: Site): ExternalEtcd => ({
  kind: "external",
  endpoints: etcdNodes(site).map((node) => clientUrl(site, node)),
  caFile: certificatePath(site, "etcd/ca.crt"),
  certFile: certificatePath(site, "apiserver-etcd-client.crt"),
  keyFile: certificatePath(site, "apiserver-etcd-client.key"),
});

function external(site: Site, etcd: ExternalEtcd): object {
  const http = etcd.httpEndpoints ?? etcd.endpoints;
  return {
    external: compact({
      caFile: etcd.caFile ?? "",
      certFile: etcd.certFile ?? "",
      endpoints: etcd.endpoints,
      httpEndpoints: site.version.etcdHttpEndpoints ? http : undefined,
      keyFile: etcd.keyFile ?? "",
    }),
  };
}

function image({ repository, tag }: ImageOverride): object {
  return compact({ imageRepository: repository, imageTag: tag });
}

function nonEmpty<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length > 0 ? values : undefined;
}
