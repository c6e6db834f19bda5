import * as errors from "../errors";
import { validityBeyondAuthority } from "../pki/lifetime-errors";
import { isDedicated } from "../../catalog/etcd";
import type { Site, SiteNode } from "../../catalog/site";
import { check } from "../../terraform/requirement";
import type { ClusterProps } from "./cluster-props";
import { validateEndpoint } from "./endpoint-validation";
import { validateConfig } from "./config-validation";
import { COMPONENT_PROPS, componentsOf } from "./cluster-components";
import { unknownFeatureGate } from "./flag-errors";
import {
  flagSets,
  validateArgument,
  validateEtcdFlags,
  validateFlags,
} from "./flag-validation";
import { validateBootstrapTokens } from "./bootstrap-token-validation";
import { validateVariables, validateVolumes } from "./pod-validation";
import { isClusterName, isDnsName, isPlainPath } from "../hosts";
import { featureGatesOf } from "../../catalog/feature-gates";
import { validateNetworks } from "./network-validation";
import { allNodesRetired } from "./node-errors";
import {
  validateAccess,
  validateControlPlaneNodes,
  validateFiles,
  validateMachines,
  validateNode,
} from "./node-validation";
import {
  allEtcdNodesRetired,
  invalidEtcdVersion,
  noEtcdNodes,
} from "./runtime-errors";
import { clusterRequirements } from "./requirements";
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
  for (const set of flagSets(site, props)) validateFlags(site, set);
  validateNetworks(site, site.nodes.length);
  validateEndpoint(site, nodes, props);
  validatePods(site);
  validateBootstrapTokens(site);
  if (!isPlainPath(site.certificatesDir))
    throw errors.invalidPath("certificatesDir", site.certificatesDir);
  validateEtcd(site);
  validateEtcdNodes(site, props);
  validateEtcdFlags(site, props);
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

/** Checks the volumes and variables that are added to components. */
function validatePods(site: Site): void {
  for (const row of componentsOf(site)) {
    const { extraEnvs, extraVolumes } = row.options(site);
    const prop = COMPONENT_PROPS[row.id];
    validateVolumes(site, `${prop}.extraVolumes`, row, extraVolumes);
    validateVariables(`${prop}.extraEnvs`, extraEnvs);
    for (const { name, value = "" } of extraEnvs)
      validateArgument(`${prop}.extraEnvs has ${name}`, name, value);
  }
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
