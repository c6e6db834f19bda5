import {
  negated,
  oneOf,
  toFlags,
  toHours,
  toLowerCaseList,
  toNodeName,
  toSocketUrl,
  type Convert,
} from "./convert";
import type { ConfigKind } from "../../catalog/config/fields";
import { printedGoDuration } from "../../catalog/go-duration";

/** How a field is handled. */
export type Handling =
  /** The value goes to the place `to` in the draft; `reads` lists the leaves below it that are used. */
  | {
      readonly how: "used";
      readonly to: string;
      readonly convert?: Convert;
      readonly reads: readonly string[];
      /** The aspect that has no meaning here, although the field is used. */
      readonly but?: string;
    }
  /** If the field is present, the draft gets an object or a list, and other rows fill it. */
  | { readonly how: "present"; readonly to: string }
  /** Some values set places in the draft, the others that exist have no meaning here. */
  | {
      readonly how: "switch";
      readonly sets: Readonly<
        Record<string, Readonly<Record<string, unknown>>>
      >;
      readonly others: readonly string[];
      readonly what: string;
    }
  /** The field controls the kubeadm command, which is not run here. */
  | { readonly how: "meaningless"; readonly what: string }
  | { readonly how: "secret"; readonly what: string }
  /** The field cannot be supported, and ignoring it would create a different cluster. */
  | { readonly how: "refused"; readonly todo: string };

const LEAF = ["", "[]", "{}"];
/** The value has Kubernetes' own format and is passed on unchanged. */
const AS_IS = ["*"];

const used = (
  to: string,
  convert?: Convert,
  reads: readonly string[] = LEAF,
) => ({
  how: "used" as const,
  to,
  convert,
  reads,
});
const present = (to: string): Handling => ({ how: "present", to });
const meaningless = (what: string): Handling => ({ how: "meaningless", what });

/** Those of `kubeadm init`. @see https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-init/#init-workflow */
const PHASES: readonly string[] = [
  "preflight",
  ...phases(
    "certs",
    "all ca apiserver apiserver-kubelet-client front-proxy-ca front-proxy-client etcd-ca etcd-server etcd-peer etcd-healthcheck-client apiserver-etcd-client sa",
  ),
  ...phases(
    "kubeconfig",
    "all admin super-admin kubelet controller-manager scheduler",
  ),
  ...phases("etcd", "local"),
  ...phases("control-plane", "all apiserver controller-manager scheduler"),
  "kubelet-start",
  "wait-control-plane",
  ...phases("upload-config", "all kubeadm kubelet"),
  "upload-certs",
  "bootstrap-token",
  ...phases(
    "kubelet-finalize",
    "all enable-client-cert-rotation experimental-cert-rotation",
  ),
  "show-join-command",
];

function phases(name: string, below: string): string[] {
  return [name, ...below.split(" ").map((each) => `${name}/${each}`)];
}

const FLAGS = ["[].name", "[].value"];
const VOLUMES = [
  "[].name",
  "[].hostPath",
  "[].mountPath",
  "[].readOnly",
  "[].pathType",
];

const flags = (path: string, to: string) => ({
  [path]: used(to, toFlags, FLAGS),
});

const envs = (path: string, to: string) => ({
  [path]: present(to),
  [`${path}[].name`]: used(`${to}[].name`),
  [`${path}[].value`]: used(`${to}[].value`),
  [`${path}[].valueFrom`]: used(`${to}[].valueFrom`, undefined, AS_IS),
});

const component = (path: string) => ({
  ...flags(`${path}.extraArgs`, `${path}.extraArgs`),
  ...envs(`${path}.extraEnvs`, `${path}.extraEnvs`),
  [`${path}.extraVolumes`]: used(`${path}.extraVolumes`, undefined, VOLUMES),
});

/**
 * How each field of each kind is handled. A test compares this table with the fields of the Go types, so that a field
 * of a new version cannot go unnoticed.
 */
export const HANDLING: Readonly<
  Record<ConfigKind, Readonly<Record<string, Handling>>>
> = {
  InitConfiguration: {
    bootstrapTokens: present("bootstrapTokens"),
    "bootstrapTokens[].token": {
      how: "secret",
      what: "a new token is made at apply",
    },
    "bootstrapTokens[].description": used("bootstrapTokens[].description"),
    "bootstrapTokens[].ttl": used("bootstrapTokens[].ttl", (ttl) =>
      printedGoDuration(ttl as string),
    ),
    "bootstrapTokens[].expires": used("bootstrapTokens[].expires"),
    "bootstrapTokens[].usages": used("bootstrapTokens[].usages"),
    "bootstrapTokens[].groups": used("bootstrapTokens[].groups"),
    certificateKey: meaningless(
      "certificates are not shared through the cluster; the key is not copied",
    ),
    dryRun: meaningless("`plan` shows what would change"),
    "localAPIEndpoint.advertiseAddress": used("node.address"),
    "localAPIEndpoint.bindPort": used("node.bindPort"),
    "nodeRegistration.criSocket": used("node.criSocket", toSocketUrl),
    "nodeRegistration.ignorePreflightErrors": meaningless(
      "kubeadm's checks are not run",
    ),
    "nodeRegistration.imagePullPolicy": used(
      "node.imagePullPolicy",
      oneOf("Always", "IfNotPresent", "Never"),
    ),
    "nodeRegistration.imagePullSerial": meaningless("kubeadm pulls no images"),
    ...flags("nodeRegistration.kubeletExtraArgs", "node.kubeletExtraArgs"),
    "nodeRegistration.name": used("node.name", toNodeName),
    "nodeRegistration.taints": present("node.taints"),
    "nodeRegistration.taints[].key": used("node.taints[].key"),
    "nodeRegistration.taints[].value": used("node.taints[].value"),
    "nodeRegistration.taints[].effect": used(
      "node.taints[].effect",
      oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
    ),
    "nodeRegistration.taints[].timeAdded": meaningless("the cluster sets it"),
    patches: {
      how: "refused",
      todo: "Use extraArgs, extraEnvs, extraVolumes or a component configuration instead, and remove patches.",
    },
    "skipPhases[]": {
      how: "switch",
      sets: {
        addon: { "dns.enabled": false, "kubeProxy.enabled": false },
        "addon/coredns": { "dns.enabled": false },
        "addon/kube-proxy": { "kubeProxy.enabled": false },
        // Its label stays: it is how the nodes of a control plane are found.
        "mark-control-plane": { "node.taints": [] },
      },
      others: PHASES,
      what: "what this phase makes is always made",
    },
    // kubeadm also sets the startup probes of the pod manifests from this timeout.
    "timeouts.controlPlaneComponentHealthCheck": {
      ...used("startupTimeout", toHours),
      but: "only kubeadm waits this long; here it only sets the startup probes",
    },
    ...Object.fromEntries(
      [
        "discovery",
        "etcdAPICall",
        "kubeletHealthCheck",
        "kubernetesAPICall",
        "tlsBootstrap",
        "upgradeManifests",
      ].map((name) => [
        `timeouts.${name}`,
        meaningless("only kubeadm waits this long"),
      ]),
    ),
  },

  ClusterConfiguration: {
    "apiServer.certSANs": used("certSans", toLowerCaseList),
    ...component("apiServer"),
    caCertificateValidityPeriod: used("caCertificateValidity", toHours),
    certificateValidityPeriod: used("certificateValidity", toHours),
    certificatesDir: used("certificatesDir"),
    clusterName: used("clusterName"),
    controlPlaneEndpoint: used("endpoint"),
    ...component("controllerManager"),
    "dns.disabled": used("dns.enabled", negated),
    "dns.imageRepository": used("dns.image.repository"),
    "dns.imageTag": used("dns.image.tag"),
    encryptionAlgorithm: used("keyAlgorithm"),
    "etcd.external": present("etcd.external"),
    "etcd.external.caFile": used("etcd.external.caFile"),
    "etcd.external.certFile": used("etcd.external.certFile"),
    "etcd.external.endpoints": used("etcd.external.endpoints"),
    "etcd.external.httpEndpoints": used("etcd.external.httpEndpoints"),
    "etcd.external.keyFile": used("etcd.external.keyFile"),
    "etcd.local": present("etcd.local"),
    "etcd.local.dataDir": used("etcd.local.dataDir"),
    ...flags("etcd.local.extraArgs", "etcd.local.extraArgs"),
    ...envs("etcd.local.extraEnvs", "etcd.local.extraEnvs"),
    "etcd.local.imageRepository": used("etcd.local.image.repository"),
    "etcd.local.imageTag": used("etcd.local.image.tag"),
    "etcd.local.peerCertSANs": used("etcd.local.peerCertSans"),
    "etcd.local.serverCertSANs": used("etcd.local.serverCertSans"),
    featureGates: used("featureGates"),
    imageRepository: used("imageRepository"),
    kubernetesVersion: used("kubernetesVersion"),
    "networking.dnsDomain": used("dnsDomain"),
    "networking.podSubnet": used("podSubnet"),
    "networking.serviceSubnet": used("serviceSubnet"),
    "proxy.disabled": used("kubeProxy.enabled", negated),
    ...component("scheduler"),
  },

  KubeletConfiguration: { "": used("kubelet.config", undefined, AS_IS) },
  KubeProxyConfiguration: { "": used("kubeProxy.config", undefined, AS_IS) },
};

/** Returns the row that handles a leaf, if any. */
export function handlingOf(
  kind: ConfigKind,
  leaf: string,
): Handling | undefined {
  for (const [path, row] of Object.entries(HANDLING[kind])) {
    if (!leaf.startsWith(path)) continue;
    const rest = leaf.slice(path.length);
    if (path !== "" && rest !== "" && !/^[.[{]/.test(rest)) continue;
    if (row.how === "present") continue;
    if (row.how !== "used" || row.reads.includes(rest) || row.reads === AS_IS)
      return row;
  }
  return undefined;
}
