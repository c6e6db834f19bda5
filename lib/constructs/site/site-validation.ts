import { isIP } from "node:net";
import * as errors from "../errors";
import { isDedicated } from "../../catalog/etcd";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps } from "./cluster-props";
import { validateEndpoint } from "./endpoint-validation";
import { requireData } from "../data";
import { validateArgument, validateFlags } from "./flag-validation";
import { isDnsName, isPlainPath } from "../hosts";
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
  requireData("kubelet.config", site.kubelet.config);
  requireData("kubeProxy.config", site.kubeProxy.config);
  validateNames(site);
  validateControlPlaneNodes(site);
  const machines = [...(props.etcd?.machines ?? []), ...props.nodes];
  validateMachines(machines);
  validateAccess("The control plane", machines);
  if (props.nodes.every(({ retire }) => retire)) throw allNodesRetired();
  const nodes = [...dedicatedEtcdNodes(site), ...site.nodes];
  validateNetworks(site, nodes);
  validateEndpoint(site, nodes);
  validateFlags(site, props);
  validateVariables(site);
  validatePathsAndImages(site);
  validateEtcd(site);
  validateEtcdNodes(site, props);
  validateUnits(site);
  for (const machine of machines) validateFiles(machine);
  if (!site.version.encryptionAlgorithms.includes(site.keyAlgorithm)) {
    throw errors.unknownKeyAlgorithm(
      site.keyAlgorithm,
      site.version.encryptionAlgorithms,
    );
  }
  if (site.certificateValidity > site.caCertificateValidity) {
    throw errors.validityBeyondAuthority(
      String(props.certificateValidity ?? "8760h"),
      String(props.caCertificateValidity ?? "87600h"),
    );
  }
}

function validateNames(site: Site): void {
  if (!isDnsName(site.clusterName))
    throw errors.invalidName("clusterName", site.clusterName);
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
      if (hasToken(name) || isIP(name) !== 0) continue;
      // Certificates may contain wildcard names.
      if (!isDnsName(name.replace(/^\*\./, "")))
        throw errors.invalidName(prop, name);
    }
  }
}

function validateVariables({
  apiServer,
  controllerManager,
  scheduler,
  etcd,
}: Site): void {
  const groups = { apiServer, controllerManager, scheduler };
  const all = etcd.kind === "local" ? { ...groups, etcd } : groups;
  for (const [prop, { extraEnvs }] of Object.entries(all))
    for (const { name, value = "" } of extraEnvs)
      validateArgument(`${prop}.extraEnvs has ${name}`, name, value);
}

function validatePathsAndImages(site: Site): void {
  if (!isPlainPath(site.certificatesDir)) {
    throw errors.invalidPath("certificatesDir", site.certificatesDir);
  }
  const images = {
    imageRepository: site.imageRepository,
    "dns.image.repository": site.dns.image.repository,
    "dns.image.tag": site.dns.image.tag,
    "etcd.image.repository":
      site.etcd.kind === "local" ? site.etcd.image.repository : undefined,
    "etcd.image.tag":
      site.etcd.kind === "local" ? site.etcd.image.tag : undefined,
  };
  for (const [prop, value] of Object.entries(images)) {
    if (
      value !== undefined &&
      !hasToken(value) &&
      !/^[\w.:/@-]+$/.test(value)
    ) {
      throw errors.invalidImage(prop, value);
    }
  }
}

const dedicatedEtcdNodes = ({ etcd }: Site): readonly SiteNode[] =>
  (etcd.kind === "local" ? etcd.nodes : undefined) ?? [];

function validateEtcdNodes(site: Site, { etcd }: ClusterProps): void {
  if (!isDedicated(site)) return;
  const nodes = dedicatedEtcdNodes(site);
  if (nodes.length === 0) throw noEtcdNodes();
  nodes.forEach(validateNode);
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
