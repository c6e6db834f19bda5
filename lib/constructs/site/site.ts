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
import { lowerCase } from "../../terraform/lower-case";
import type { AuthorityChain, ICertificateAuthority } from "../pki/authority";
import { admissionSettings } from "./admission";
import {
  refusalByAuthentication,
  refusalOfHealthChecks,
} from "./anonymous-health";
import { auditSettings } from "./audit";
import { authenticationSettings } from "./authentication";
import type { ClusterProps } from "./cluster-props";
import type { ComponentProps } from "./component-props";
import { unknownVersion } from "../errors";
import { LONGEST_WAIT, SECOND } from "../duration";
import { hasToken } from "../../terraform/expression";
import { invalidCorefile } from "./network-errors";
import { Etcd } from "./etcd";
import { backupOf } from "./etcd-backup";
import { tuningFlags } from "./etcd-tuning";
import { endpointOf } from "./endpoint";
import { addressOf, withoutSlash } from "../hosts";
import { KeyAlgorithm } from "../pki/key-algorithm";
import {
  AUTHORITY_VALIDITY,
  CERTIFICATE_VALIDITY,
  hoursOf,
} from "../pki/lifetime";
import { hardeningSettings } from "./hardening";
import type { NodeProps } from "./node-props";
import { Runtime } from "./runtime";
import { validateEtcdFlags } from "./flag-validation";
import { withAddedArgs } from "./flags";
import { etcdWithoutSystemd } from "./runtime-errors";
import { type Settings, withSettings } from "./settings";
import { validateSite } from "./site-validation";
import { validateUnits } from "./runtime-validation";
import { tlsSettings } from "./tls";

/** The facts about the Kubernetes CA that the site depends on. */
export interface SiteAuthorities {
  /** Whether the key of the Kubernetes CA is elsewhere. */
  readonly external: boolean;
  /** How the CAs above it are handled; undefined if the CA is made here. */
  readonly chain?: AuthorityChain;
}

/** Collects these facts. @param ca The Kubernetes CA; undefined if it is made here. */
export const siteAuthorities = (
  ca?: Pick<ICertificateAuthority, "hasKey" | "chain">,
): SiteAuthorities => ({ external: ca?.hasKey === false, chain: ca?.chain });

/** Fills in all defaults of the props and validates them. Rendering uses the result. */
export function siteOf(
  props: ClusterProps,
  authorities: SiteAuthorities,
): Site {
  const version = parseKubernetesVersion(props.kubernetesVersion);
  if (!version) throw unknownVersion(props.kubernetesVersion, SUPPORTED_MINORS);
  const runtime = props.runtime ?? Runtime.staticPods();
  const serviceSubnets = subnets(props.serviceSubnet ?? "10.96.0.0/12");
  const apiServer = componentOf(props.apiServer);
  const site: Site = {
    clusterName: props.clusterName ?? "kubernetes",
    version,
    endpoint: endpointOf(props.endpoint)?.site(loopbackOf(serviceSubnets)),
    podSubnets: subnets(props.podSubnet ?? ""),
    serviceSubnets,
    dnsDomain: props.dnsDomain ?? "cluster.local",
    // As kubeadm does.
    certSans: lowerCase(props.certSans ?? []),
    keyAlgorithm: (props.keyAlgorithm ?? KeyAlgorithm.RSA_2048).name,
    certificateValidity: hoursOf(
      "certificateValidity",
      props.certificateValidity ?? CERTIFICATE_VALIDITY,
    ),
    caCertificateValidity: hoursOf(
      "caCertificateValidity",
      props.caCertificateValidity ?? AUTHORITY_VALIDITY,
    ),
    imageRepository: props.imageRepository ?? DEFAULT_IMAGE_REPOSITORY,
    certificatesDir: withoutSlash(
      props.certificatesDir ?? DEFAULT_CERTIFICATES_DIR,
    ),
    kubernetesDir: KUBERNETES_DIR,
    ports: PORTS,
    runtime: runtime.site,
    externalCertificateAuthority: authorities.external,
    certificateAuthorityFiles: {
      signing:
        authorities.chain === "trusted" ? AUTHORITY_PARTS.issuer : CA_FILE,
      chain: authorities.chain === "kept" ? AUTHORITY_PARTS.chain : CA_FILE,
    },
    ...(props.hardening?.level && { hardening: props.hardening.level }),
    startupTimeout: props.startupTimeout
      ?.requireWithin("startupTimeout", SECOND, LONGEST_WAIT)
      .toSeconds(),
    featureGates: props.featureGates ?? {},
    allowUnknownFlags: props.allowUnknownFlags ?? false,
    nodes: props.nodes.map((node) => nodeOf(node, serviceSubnets)),
    etcd: etcdOf(props, serviceSubnets),
    apiServer,
    healthRefusal:
      refusalOfHealthChecks(
        apiServer,
        props.nodes.flatMap(({ files = [] }) => files),
      ) ?? refusalByAuthentication(props.authentication),
    ...(props.encryption && { encryption: props.encryption.target }),
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
    dns: {
      enabled: props.dns?.enabled ?? true,
      image: props.dns?.image ?? {},
      ...(props.dns?.corefile !== undefined && {
        corefile: corefileOf(props.dns.corefile),
      }),
    },
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
  const adapted = runtime.adapt(site);
  const made = withSettings(adapted, settingsOf(adapted, props), props.nodes);
  if (made !== adapted) {
    validateEtcdFlags(made);
    validateUnits(made);
  }
  return withAddedArgs(made);
}

/** What the props set that stand for flags, fields and files. Throws if a component would not start with it. */
function settingsOf(site: Site, props: ClusterProps): Settings[] {
  const { tls, audit, admission, authentication } = props;
  return [
    ...(site.hardening ? hardeningSettings(site, props) : []),
    ...(tls ? [tlsSettings(site, tls)] : []),
    ...(audit ? [auditSettings(site, audit)] : []),
    ...(admission ? [admissionSettings(site, admission)] : []),
    ...(authentication === undefined
      ? []
      : [authenticationSettings(site, authentication)]),
  ];
}

const CA_FILE = "ca.crt";

const subnets = (text: string): string[] =>
  text === "" ? [] : text.split(",").map((s) => s.trim());

/**
 * API servers must have an address of the first service subnet's IP family, so the family is known even if addresses
 * are tokens.
 */
const loopbackOf = (serviceSubnets: readonly string[]): Address =>
  addressOf(serviceSubnets[0]?.includes(":") ? "::1" : "127.0.0.1");

/** The node in the site. Workers have no props that are only for control-plane nodes, and get their defaults. */
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
    addArgs: props.addArgs ?? {},
    extraVolumes: props.extraVolumes ?? [],
    extraEnvs: props.extraEnvs ?? [],
  };
}

function corefileOf(given: string): string {
  if (!hasToken(given) && !/\{[^]*\}/.test(given)) throw invalidCorefile(given);
  return given;
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
    dataDir: withoutSlash(options.dataDir ?? "/var/lib/etcd"),
    extraArgs: { ...tuningFlags(options), ...options.extraArgs },
    addArgs: options.addArgs ?? {},
    extraEnvs: options.extraEnvs ?? [],
    image:
      options.kind === "stacked"
        ? (options.image ?? {})
        : { tag: options.version },
    serverCertSans: lowerCase(options.serverCertSans ?? []),
    peerCertSans: lowerCase(options.peerCertSans ?? []),
    ...(options.backup && { backup: backupOf(options.backup) }),
  };
}

/** The runtime of dedicated etcd hosts. They have no kubelet to start pods, so it must be systemd. */
function etcdRuntimeOf(
  given: Runtime | undefined,
  cluster: Runtime | undefined,
): SystemdRuntime {
  const { site } = given ?? cluster ?? Runtime.systemd();
  if (site.kind === "systemd") return site;
  if (given) throw etcdWithoutSystemd();
  return etcdRuntimeOf(Runtime.systemd(), undefined);
}
