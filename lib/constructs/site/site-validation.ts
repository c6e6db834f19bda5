import * as errors from "../errors";
import { validityBeyondAuthority } from "../pki/lifetime-errors";
import { parseAddress } from "../../catalog/addresses";
import { isDedicated } from "../../catalog/etcd";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps } from "./cluster-props";
import { validateEndpoint } from "./endpoint-validation";
import { validateConfig } from "./config-validation";
import { COMPONENT_PROPS, componentsOf } from "./cluster-components";
import { unknownFeatureGate } from "./flag-errors";
import {
  validateEtcdFlags,
  validateFlags,
  validateArgument,
} from "./flag-validation";
import { validateBootstrapTokens } from "./bootstrap-token-validation";
import { validateImages } from "./image-validation";
import { validateVariableNames, validateVolumes } from "./pod-validation";
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
  const machines = [...(props.etcd?.machines ?? []), ...props.nodes];
  validateMachines(machines);
  validateAccess("The control plane", machines);
  if (props.nodes.every(({ retire }) => retire)) throw allNodesRetired();
  const nodes = [...dedicatedEtcdNodes(site), ...site.nodes];
  validateFlags(site, props);
  validateNetworks(site, nodes, site.nodes.length);
  validateEndpoint(site, nodes, props);
  validatePods(site);
  if (!isPlainPath(site.certificatesDir))
    throw errors.invalidPath("certificatesDir", site.certificatesDir);
  validateImages(site);
  validateBootstrapTokens(site);
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
  const sans = {
    certSans: site.certSans,
    ...(site.etcd.kind === "local" && {
      "etcd.serverCertSans": site.etcd.serverCertSans,
      "etcd.peerCertSans": site.etcd.peerCertSans,
    }),
  };
  for (const [prop, names] of Object.entries(sans)) {
    for (const name of names) {
      if (hasToken(name) || parseAddress(name)) continue;
      // Certificates may contain wildcard names.
      if (!isDnsName(name.replace(/^\*\./, "")))
        throw errors.invalidSan(prop, name);
    }
  }
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
    validateVariableNames(`${prop}.extraEnvs`, extraEnvs);
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
  for (const node of nodes) validateNode(site, node);
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
  const secure = files.some(Boolean);
  if (etcd.endpoints.length === 0) throw errors.invalidEtcdUrl("");
  for (const url of etcd.endpoints) {
    const allowed = secure ? /^https:\/\/[^\s,/]+$/ : /^https?:\/\/[^\s,/]+$/;
    if (!hasToken(url) && !allowed.test(url)) throw errors.invalidEtcdUrl(url);
  }
}
