import { AUTHORITY_PARTS } from "../../catalog/authorities";
import {
  DEFAULT_CERTIFICATES_DIR,
  DEFAULT_IMAGE_REPOSITORY,
  KUBERNETES_DIR,
} from "../../catalog/paths";
import { PORTS } from "../../catalog/ports";
import type {
  ComponentOptions,
  ExternalEtcd,
  Address,
  LocalEtcd,
  Site,
  SiteNode,
  SystemdRuntime,
} from "../../catalog/site";
import {
  parseKubernetesVersion,
  SUPPORTED_MINORS,
} from "../../catalog/versions";
import { hasToken } from "../../terraform/expression";
import type {
  AuthorityChain,
  ICertificateAuthority,
} from "../pki/certificate-authority";
import { withAddedArgs } from "./added-flags";
import type { ClusterProps, ComponentProps } from "./cluster-props";
import { unknownVersion } from "../errors";
import { Etcd } from "./etcd";
import { endpointOf } from "./endpoint";
import { addressOf } from "../hosts";
import { KeyAlgorithm } from "../pki/key-algorithm";
import {
  AUTHORITY_VALIDITY,
  CERTIFICATE_VALIDITY,
  hoursOf,
} from "../pki/lifetime";
import type { NodeProps } from "./node-props";
import { Runtime } from "./runtime";
import { etcdWithoutUnits } from "./runtime-errors";
import { validateSite } from "./site-validation";

/** What the authorities of a cluster are, which decides what its components may do. */
export interface SiteAuthorities {
  /** The key of the Kubernetes CA is elsewhere. */
  readonly external: boolean;
  /** Whether those that signed it may come with it, and whether they are trusted. */
  readonly chain?: AuthorityChain;
}

/** What the authorities of a cluster are, from its Kubernetes CA; absent where that is made here. */
export const siteAuthorities = (
  ca?: Pick<ICertificateAuthority, "hasKey" | "chain">,
): SiteAuthorities => ({ external: ca?.hasKey === false, chain: ca?.chain });

/** Props with every default filled in and checked: what rendering is made from. */
export function siteOf(
  props: ClusterProps,
  authorities: SiteAuthorities,
): Site {
  const version = parseKubernetesVersion(props.kubernetesVersion);
  if (!version) throw unknownVersion(props.kubernetesVersion, SUPPORTED_MINORS);
  const runtime = props.runtime ?? Runtime.staticPods();
  const serviceSubnets = subnets(props.serviceSubnet ?? "10.96.0.0/12");
  const site: Site = {
    clusterName: props.clusterName ?? "kubernetes",
    version,
    endpoint: endpointOf(props.endpoint, loopbackOf(serviceSubnets)),
    podSubnets: subnets(props.podSubnet ?? ""),
    serviceSubnets,
    dnsDomain: props.dnsDomain ?? "cluster.local",
    certSans: lowerCase(props.certSans),
    keyAlgorithm: (props.keyAlgorithm ?? KeyAlgorithm.RSA_2048).name,
    certificateValidity: hoursOf(
      props.certificateValidity ?? CERTIFICATE_VALIDITY,
    ),
    caCertificateValidity: hoursOf(
      props.caCertificateValidity ?? AUTHORITY_VALIDITY,
    ),
    imageRepository: props.imageRepository ?? DEFAULT_IMAGE_REPOSITORY,
    certificatesDir: props.certificatesDir ?? DEFAULT_CERTIFICATES_DIR,
    kubernetesDir: KUBERNETES_DIR,
    ports: PORTS,
    runtime: runtime.site,
    externalCertificateAuthority: authorities.external,
    certificateAuthorityFiles: {
      signing:
        authorities.chain === "trusted" ? AUTHORITY_PARTS.issuer : CA_FILE,
      chain: authorities.chain === "kept" ? AUTHORITY_PARTS.chain : CA_FILE,
    },
    startupTimeout:
      props.startupTimeout && Math.round(props.startupTimeout.toHours() * 3600),
    featureGates: props.featureGates ?? {},
    allowUnknownFlags: props.allowUnknownFlags ?? false,
    nodes: props.nodes.map((node) => nodeOf(node, serviceSubnets)),
    etcd: etcdOf(props, serviceSubnets),
    apiServer: componentOf(props.apiServer),
    controllerManager: {
      ...componentOf(props.controllerManager),
      enabled: true,
    },
    scheduler: { ...componentOf(props.scheduler), enabled: true },
    kubelet: {
      config: props.kubelet?.config ?? {},
      extraArgs: props.kubelet?.extraArgs ?? {},
    },
    kubeProxy: {
      enabled: props.kubeProxy?.enabled ?? true,
      config: props.kubeProxy?.config ?? {},
    },
    dns: { enabled: props.dns?.enabled ?? true, image: props.dns?.image ?? {} },
    bootstrapTokens: (props.bootstrapTokens ?? [{}]).map((token) => ({
      description: token.description,
      ttl: token.ttl ?? "24h0m0s",
      expires: token.expires,
      usages: token.usages ?? ["signing", "authentication"],
      groups: token.groups ?? [
        "system:bootstrappers:kubeadm:default-node-token",
      ],
    })),
  };
  validateSite(site, props);
  return withAddedArgs(runtime.adapt(site), props);
}

const CA_FILE = "ca.crt";

const subnets = (text: string): string[] =>
  text === "" ? [] : text.split(",").map((s) => s.trim());

/** As kubeadm does; a token is not to be touched. */
const lowerCase = (names: readonly string[] = []): string[] =>
  names.map((name) => (hasToken(name) ? name : name.toLowerCase()));

/** The API server refuses an address of another family than its services' first: so a token's family is known too. */
const loopbackOf = (serviceSubnets: readonly string[]): Address =>
  addressOf(serviceSubnets[0]?.includes(":") ? "::1" : "127.0.0.1");

/** A worker is one without what is a control plane's only. */
export function nodeOf(
  props: NodeProps,
  serviceSubnets: readonly string[],
): SiteNode {
  return {
    name: props.name,
    address: addressOf(props.address),
    loopback: loopbackOf(serviceSubnets),
    addresses: props.addresses ?? [],
    bindPort: props.bindPort ?? PORTS.kubeApiserver,
    ...(props.bindAddress !== undefined && { bindAddress: props.bindAddress }),
    labels: props.labels ?? {},
    taints: props.taints,
    criSocket: props.criSocket ?? "unix:///run/containerd/containerd.sock",
    imagePullPolicy: props.imagePullPolicy ?? "IfNotPresent",
    kubeletExtraArgs: props.kubeletExtraArgs ?? {},
    hosted: props.access?.isHosted ?? false,
  };
}

function componentOf(props: ComponentProps = {}): ComponentOptions {
  return {
    extraArgs: props.extraArgs ?? {},
    extraVolumes: props.extraVolumes ?? [],
    extraEnvs: props.extraEnvs ?? [],
  };
}

function etcdOf(
  { etcd = Etcd.stacked(), runtime }: ClusterProps,
  serviceSubnets: readonly string[],
): LocalEtcd | ExternalEtcd {
  const { options } = etcd;
  if (options.kind === "external") return options;
  return {
    kind: "local",
    ...(options.kind === "dedicated" && {
      nodes: options.nodes.map((node) => nodeOf(node, serviceSubnets)),
      runtime: etcdRuntimeOf(options.runtime, runtime),
    }),
    tls: true,
    dataDir: options.dataDir ?? "/var/lib/etcd",
    extraArgs: options.extraArgs ?? {},
    extraEnvs: options.extraEnvs ?? [],
    image:
      options.kind === "stacked"
        ? (options.image ?? {})
        : { tag: options.version },
    serverCertSans: lowerCase(options.serverCertSans),
    peerCertSans: lowerCase(options.peerCertSans),
  };
}

/** Where nothing but etcd runs there is no kubelet that could start pods. */
function etcdRuntimeOf(
  given: Runtime | undefined,
  cluster: Runtime | undefined,
): SystemdRuntime {
  const { site } = given ?? cluster ?? Runtime.systemd();
  if (site.kind === "systemd") return site;
  if (given) throw etcdWithoutUnits();
  return etcdRuntimeOf(Runtime.systemd(), undefined);
}
