import { isDedicated } from "../../catalog/etcd";
import { featureGatesOf } from "../../catalog/feature-gates";
import type { ExternalEtcd, Site, SiteNode } from "../../catalog/site";
import { check, type Requirement } from "../../terraform/requirement";
import { validateConfig } from "../data";
import * as errors from "../errors";
import { isClusterName, isDnsName, isPlainPath } from "../hosts";
import { ALTERNATIVE_NAME, HTTP_URL, HTTPS_URL } from "../patterns";
import { validityBeyondAuthority } from "../pki/lifetime-errors";
import {
  bootstrapTokenRequirements,
  validateBootstrapTokens,
} from "./bootstrap-token-validation";
import type { ClusterProps } from "./cluster-props";
import { endpointRequirements, validateEndpoint } from "./endpoint-validation";
import { validateEncryption } from "./encryption";
import { validateBackup } from "./etcd-backup";
import { unknownFeatureGate } from "./flag-errors";
import {
  flagRequirements,
  validateEtcdFlags,
  validateFlags,
} from "./flag-validation";
import { validateConfiguredGates } from "./gate-validation";
import { flagSets } from "./flags";
import { validateNetworks } from "./network-validation";
import { allNodesRetired } from "./node-errors";
import {
  machineRequirements,
  nodeRequirements,
  serverRequirements,
  validateAccess,
  validateControlPlaneNodes,
  validateFiles,
  validateMachines,
  validateNode,
} from "./node-validation";
import {
  imageRequirements,
  podRequirements,
  validatePods,
} from "./pod-validation";
import {
  allEtcdNodesRetired,
  invalidEtcdVersion,
  noEtcdNodes,
} from "./runtime-errors";
import { validateUnits } from "./runtime-validation";

/** Throws if the cluster could not work. The props are needed for what the user wrote. */
export function validateSite(site: Site, props: ClusterProps): void {
  validateConfig(
    site,
    "KubeletConfiguration",
    "kubelet.config",
    site.kubelet.config,
  );
  validateConfig(
    site,
    "KubeProxyConfiguration",
    "kubeProxy.config",
    site.kubeProxy.config,
  );
  validateConfiguredGates(site, "kubelet.config", site.kubelet.config);
  validateConfiguredGates(site, "kubeProxy.config", site.kubeProxy.config);
  validateNames(site);
  validateFeatureGates(site);
  validateControlPlaneNodes(site);
  for (const node of dedicatedEtcdNodes(site)) validateNode(node);
  check(clusterRequirements(site, props));
  const machines = [...(props.etcd?.machines ?? []), ...props.nodes];
  validateMachines(machines);
  validateAccess("The control plane", machines);
  if (props.nodes.every(({ retire }) => retire)) throw allNodesRetired();
  const nodes = [...dedicatedEtcdNodes(site), ...site.nodes];
  for (const set of flagSets(site)) validateFlags(site, set);
  validateNetworks(site, site.nodes.length);
  validateEndpoint(site, nodes);
  validatePods(site);
  validateBootstrapTokens(site);
  if (!isPlainPath(site.certificatesDir))
    throw errors.invalidPath("certificatesDir", site.certificatesDir);
  validateEtcd(site);
  validateEncryption(site);
  validateEtcdNodes(site, props);
  validateEtcdFlags(site);
  validateUnits(site);
  for (const machine of machines) validateFiles(machine);
  if (!site.version.encryptionAlgorithms.includes(site.keyAlgorithm)) {
    throw errors.unknownKeyAlgorithm(
      site.keyAlgorithm,
      site.version.encryptionAlgorithms,
    );
  }
  if (site.certificateValidity > site.caCertificateValidity) {
    throw validityBeyondAuthority(
      "certificateValidity",
      String(props.certificateValidity ?? "8760h"),
      String(props.caCertificateValidity ?? "87600h"),
    );
  }
}

/** What the texts of a cluster must be that may be known only at apply. */
export function clusterRequirements(
  site: Site,
  props: ClusterProps,
): Requirement[] {
  const { etcd } = site;
  return [
    ...namesRequirements("certSans", site.certSans),
    ...(etcd.kind === "local"
      ? [
          ...namesRequirements("etcd.serverCertSans", etcd.serverCertSans),
          ...namesRequirements("etcd.peerCertSans", etcd.peerCertSans),
          ...(etcd.nodes ?? []).flatMap((node) => nodeRequirements(site, node)),
        ]
      : []),
    ...site.nodes.flatMap((node) => [
      ...nodeRequirements(site, node),
      ...serverRequirements(site, node),
    ]),
    ...endpointRequirements(site, props.endpoint),
    ...[...(props.etcd?.machines ?? []), ...props.nodes].flatMap(
      machineRequirements,
    ),
    ...imageRequirements(site),
    ...bootstrapTokenRequirements(site),
    ...podRequirements(site),
    ...(etcd.kind === "external" ? etcdRequirements(etcd) : []),
    ...flagSets(site).flatMap((set) => flagRequirements(site, set)),
  ];
}

function etcdRequirements(etcd: ExternalEtcd): Requirement[] {
  const isSecure = [etcd.caFile, etcd.certFile, etcd.keyFile].some(Boolean);
  return etcd.endpoints.map((value) => ({
    value,
    patterns: [isSecure ? HTTPS_URL : HTTP_URL],
    error: errors.invalidEtcdUrl,
  }));
}

const namesRequirements = (
  prop: string,
  names: readonly string[],
): Requirement[] =>
  names.map((value) => ({
    value,
    patterns: ALTERNATIVE_NAME,
    error: (given) => errors.invalidSan(prop, given),
  }));

function validateNames(site: Site): void {
  if (!isClusterName(site.clusterName))
    throw errors.invalidClusterName(site.clusterName);
  if (!isDnsName(site.dnsDomain))
    throw errors.invalidName("dnsDomain", site.dnsDomain);
}

function validateFeatureGates({ featureGates, version }: Site): void {
  const known = featureGatesOf(version.minor);
  const unknown = Object.keys(featureGates).find(
    (gate) => !known.includes(gate),
  );
  if (unknown !== undefined)
    throw unknownFeatureGate(unknown, version.text, known);
}

const dedicatedEtcdNodes = ({ etcd }: Site): readonly SiteNode[] =>
  (etcd.kind === "local" ? etcd.nodes : undefined) ?? [];

function validateEtcdNodes(site: Site, { etcd }: ClusterProps): void {
  if (!isDedicated(site)) return;
  const nodes = dedicatedEtcdNodes(site);
  if (nodes.length === 0) throw noEtcdNodes();
  const { version } = etcd?.dedicated ?? {};
  if (version !== undefined && !/^v?3\.\d+\.\d+$/.test(version))
    throw invalidEtcdVersion(version);
  if (etcd?.machines.every(({ retire }) => retire)) throw allEtcdNodesRetired();
}

function validateEtcd({ etcd }: Site): void {
  if (etcd.kind === "local") {
    if (!isPlainPath(etcd.dataDir))
      throw errors.invalidPath("etcd.dataDir", etcd.dataDir);
    validateBackup(etcd);
    return;
  }
  const files = [etcd.caFile, etcd.certFile, etcd.keyFile];
  if (!etcd.certFile !== !etcd.keyFile || (etcd.certFile && !etcd.caFile)) {
    throw errors.incompleteEtcdFiles();
  }
  for (const file of files) {
    if (file && !isPlainPath(file)) throw errors.invalidPath("etcd file", file);
  }
  if (etcd.endpoints.length === 0) throw errors.invalidEtcdUrl("");
}
