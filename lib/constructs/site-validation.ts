import { isIP } from "node:net";
import { type Cidr, parseAddress, parseCidr } from "../catalog/addresses";
import { PORTS } from "../catalog/ports";
import type { ExtraArgs, Site, SiteNode } from "../catalog/site";
import { removedFlag } from "../catalog/removed-flags";
import { hasToken } from "../terraform/template";
import type { ClusterProps, NodeProps } from "./cluster-props";
import * as errors from "./errors";
import { isDnsName, isPort } from "./hosts";

/** Refuses what could not work, before anything is touched. The props tell what the user wrote. */
export function validateSite(site: Site, props: ClusterProps): void {
  validateNames(site);
  validateNodes(site);
  validateNetworks(site);
  validateFlags(site);
  validatePathsAndImages(site);
  validateEtcd(site);
  for (const node of props.nodes) validateFiles(node);
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
      // A wildcard is a certificate's name as well.
      if (!isDnsName(name.replace(/^\*\./, "")))
        throw errors.invalidName(prop, name);
    }
  }
}

const PART = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** As Kubernetes takes the keys of labels and taints. */
function isQualifiedName(name: string): boolean {
  const [last, prefix, ...more] = name.split("/").reverse();
  return (
    PART.test(last) &&
    (prefix === undefined || isDnsName(prefix)) &&
    more.length === 0
  );
}

const isLabelValue = (value: string): boolean =>
  hasToken(value) || value === "" || PART.test(value);

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function validateLabels({ name, labels, taints = [] }: SiteNode): void {
  for (const [key, value] of Object.entries(labels)) {
    if (!isQualifiedName(key) || !isLabelValue(value))
      throw errors.invalidLabel(name, key, value);
  }
  for (const { key, value = "", effect } of taints) {
    if (
      !isQualifiedName(key) ||
      !isLabelValue(value) ||
      !EFFECTS.includes(effect)
    )
      throw errors.invalidTaint(name, `${key}=${value}:${effect}`);
  }
}

function validateNodes(site: Site): void {
  if (site.nodes.length === 0) throw errors.noNodes();
  if (site.nodes.length > 1 && !site.endpoint)
    throw errors.endpointMissing(site.nodes.length);
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const node of site.nodes) {
    if (hasToken(node.name) || !isDnsName(node.name)) {
      throw errors.invalidName("nodes[].name", node.name);
    }
    if (names.has(node.name)) throw errors.duplicateNode("name", node.name);
    names.add(node.name);
    for (const address of [node.address.host, ...node.addresses]) {
      if (!hasToken(address) && isIP(address) === 0) {
        throw errors.invalidAddress(
          `the address of node ${node.name}`,
          address,
        );
      }
    }
    const address = `${parseAddress(node.address.host)?.value ?? node.address.host}`;
    if (addresses.has(address))
      throw errors.duplicateNode("address", node.address.host);
    addresses.add(address);
    const family = hasToken(node.address.host) ? 0 : isIP(node.address.host);
    if (family !== 0 && family !== isIP(node.loopback.host)) {
      throw errors.foreignFamily(
        node.name,
        node.address.host,
        site.serviceSubnets[0],
      );
    }
    if (!isPort(node.bindPort)) {
      throw errors.invalidPort(`bindPort of node ${node.name}`, node.bindPort);
    }
    const [owner] =
      Object.entries(PORTS).find(
        ([name, port]) => name !== "kubeApiserver" && port === node.bindPort,
      ) ?? [];
    if (owner) throw errors.takenPort(node.name, node.bindPort, owner);
    validateLabels(node);
  }
}

/** Sizes as kubeadm checks them. @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/apis/kubeadm/validation/validation.go */
function validateNetworks(site: Site): void {
  const pods = cidrs("podSubnet", site.podSubnets);
  const services = cidrs("serviceSubnet", site.serviceSubnets);
  if (services.length === 0) throw errors.invalidCidr("serviceSubnet", "");
  if (pods.length > 0 && families(pods) !== families(services)) {
    throw errors.mixedStack(
      site.podSubnets.join(","),
      site.serviceSubnets.join(","),
    );
  }
  for (const [i, cidr] of services.entries()) {
    const bits = cidr.family === 4 ? 32 : 128;
    // The cluster's DNS has the tenth address, and the API server refuses what is larger than 2^20.
    if (bits - cidr.prefix < 4 || bits - cidr.prefix > 20) {
      throw errors.cidrSize(
        "serviceSubnet",
        site.serviceSubnets[i],
        `/${bits - 20} to /${bits - 4}`,
      );
    }
  }
  const allocated =
    site.controllerManager.extraArgs["allocate-node-cidrs"] !== "false";
  for (const [i, cidr] of allocated ? pods.entries() : []) {
    const mask = nodeMask(site, cidr.family);
    if (cidr.prefix > mask || mask - cidr.prefix > 16) {
      throw errors.cidrSize(
        "podSubnet",
        site.podSubnets[i],
        `/${Math.max(mask - 16, 0)} to /${mask}, because each node gets a /${mask}`,
      );
    }
  }
  const named = [
    ...pods.map((cidr, i) => ({
      cidr,
      name: `podSubnet ${site.podSubnets[i]}`,
    })),
    ...services.map((cidr, i) => ({
      cidr,
      name: `serviceSubnet ${site.serviceSubnets[i]}`,
    })),
    ...site.nodes.flatMap((node) =>
      [node.address.host, ...node.addresses].flatMap((address) =>
        hostCidr(node.name, address),
      ),
    ),
  ];
  for (const [i, a] of named.entries()) {
    for (const b of named.slice(i + 1)) {
      if (overlap(a.cidr, b.cidr) && !(a.cidr.host && b.cidr.host)) {
        throw errors.overlappingCidrs(a.name, b.name);
      }
    }
  }
}

type Block = Cidr & { readonly host?: boolean };

function cidrs(prop: string, texts: readonly string[]): Block[] {
  const blocks = texts.map((text) => {
    const cidr = parseCidr(text);
    if (!cidr) throw errors.invalidCidr(prop, texts.join(","));
    return cidr;
  });
  const distinct = new Set(blocks.map(({ family }) => family));
  if (blocks.length > 2 || distinct.size < blocks.length) {
    throw errors.invalidCidr(prop, texts.join(","));
  }
  return blocks;
}

const families = (blocks: readonly Block[]) =>
  blocks
    .map(({ family }) => family)
    .sort()
    .join();

function hostCidr(
  node: string,
  address: string,
): { cidr: Block; name: string }[] {
  const parsed = hasToken(address) ? undefined : parseAddress(address);
  if (!parsed) return [];
  const prefix = parsed.family === 4 ? 32 : 128;
  return [
    {
      cidr: { family: parsed.family, base: parsed.value, prefix, host: true },
      name: `the address ${address} of node ${node}`,
    },
  ];
}

function overlap(a: Block, b: Block): boolean {
  if (a.family !== b.family) return false;
  const shift = BigInt(
    (a.family === 4 ? 32 : 128) - Math.min(a.prefix, b.prefix),
  );
  return a.base >> shift === b.base >> shift;
}

function nodeMask(site: Site, family: 4 | 6): number {
  const args = site.controllerManager.extraArgs;
  const given =
    args[`node-cidr-mask-size-ipv${family}`] ?? args["node-cidr-mask-size"];
  return given === undefined ? (family === 4 ? 24 : 64) : Number(given);
}

function validateFlags(site: Site): void {
  const groups: [string, Parameters<typeof removedFlag>[0], ExtraArgs][] = [
    ["apiServer.extraArgs", "kube-apiserver", site.apiServer.extraArgs],
    [
      "controllerManager.extraArgs",
      "kube-controller-manager",
      site.controllerManager.extraArgs,
    ],
    ["scheduler.extraArgs", "kube-scheduler", site.scheduler.extraArgs],
    ["kubelet.extraArgs", "kubelet", site.kubelet.extraArgs],
    ...site.nodes.map((node): [string, "kubelet", ExtraArgs] => [
      `kubeletExtraArgs of node ${node.name}`,
      "kubelet",
      node.kubeletExtraArgs,
    ]),
  ];
  // An etcd of the user's own may know other flags.
  if (site.etcd.kind === "local" && !site.etcd.image.tag)
    groups.push(["etcd.extraArgs", "etcd", site.etcd.extraArgs]);
  for (const [where, component, args] of groups) {
    for (const flag of Object.keys(args)) {
      if (!/^[a-z0-9][a-z0-9.-]*$/.test(flag))
        throw errors.invalidFlag(where, flag);
      const removed = removedFlag(component, flag, site.version);
      if (removed) {
        throw errors.removedFlag(
          where,
          flag,
          site.version.text,
          removed.since,
          removed.instead,
        );
      }
    }
  }
}

const isPlainPath = (path: string) =>
  /^(\/[\w.@+:-]+)+$/.test(path) &&
  !path.split("/").some((part) => part === "." || part === "..");

function validateFiles({ name, files = [] }: NodeProps): void {
  const paths = new Set<string>();
  for (const { path, mode, owner, text, source } of files) {
    if (!isPlainPath(path)) throw errors.invalidPath("files[].path", path);
    if (paths.has(path)) throw errors.duplicateFile(path, name);
    paths.add(path);
    if (mode !== undefined && !/^0[0-7]{3}$/.test(mode))
      throw errors.invalidMode(mode);
    if (owner !== undefined && !/^[\w.-]+:[\w.-]+$/.test(owner))
      throw errors.invalidOwner(owner);
    if ((text === undefined) === (source === undefined))
      throw errors.invalidFile(path, "has both text and source, or neither");
    // Linux limits one variable of a process's environment to 128 KiB.
    const bytes = Buffer.byteLength(JSON.stringify(text ?? ""));
    if (bytes > 100_000) throw errors.textTooLong(path, bytes);
  }
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
