import { isIP } from "node:net";
import { parseAddress, specialUse } from "../../catalog/addresses";
import { PORTS } from "../../catalog/ports";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import * as errors from "../errors";
import { isDnsName, isNodeName, isPlainPath, isPort } from "../hosts";
import * as nodeErrors from "./node-errors";
import type { MachineProps } from "./node-props";

const PART = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** Whether Kubernetes accepts the key of a label or a taint. */
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

function validateLabels({ name, labels, taints = [] }: SiteNode): void {
  for (const [key, value] of Object.entries(labels)) {
    if (!isQualifiedName(key) || !isLabelValue(value))
      throw nodeErrors.invalidLabel(name, key, value);
  }
  for (const { key, value = "", effect } of taints) {
    if (!isQualifiedName(key) || !isLabelValue(value))
      throw nodeErrors.invalidTaint(name, `${key}=${value}:${effect}`);
  }
}

/** Checks what must be so for every node. */
export function validateNode({ runtime }: Site, node: SiteNode): void {
  if (hasToken(node.name) || !isNodeName(node.name))
    throw errors.invalidNodeName(node.name);
  // Processes of this machine listen at its loopback.
  if (runtime.kind !== "processes")
    for (const address of [node.address.host, ...node.addresses])
      validateAddress(`address of node ${node.name}`, address);
  if (!hasToken(node.criSocket) && !isSocketUrl(node.criSocket))
    throw nodeErrors.invalidCriSocket(node.name, node.criSocket);
  validateLabels(node);
}

const isSocketUrl = (url: string): boolean =>
  url.startsWith("unix://") && isPlainPath(url.slice("unix://".length));

/** Throws if an address is not one at which other hosts reach a node. */
export function validateAddress(what: string, address: string): void {
  if (hasToken(address)) return;
  if (!parseAddress(address)) throw errors.invalidAddress(what, address);
  const special = specialUse(address);
  if (special !== undefined)
    throw errors.specialAddress(what, address, special);
}

export function validateControlPlaneNodes(site: Site): void {
  if (site.nodes.length === 0) throw errors.noNodes();
  if (site.nodes.length > 1 && !site.endpoint)
    throw errors.endpointMissing(site.nodes.length);
  for (const node of site.nodes) {
    validateNode(site, node);
    const family = hasToken(node.address.host) ? 0 : isIP(node.address.host);
    if (family !== 0 && family !== isIP(node.loopback.host)) {
      throw errors.wrongAddressFamily(
        node.name,
        node.address.host,
        site.serviceSubnets[0],
      );
    }
    if (node.bindAddress !== undefined && !hasToken(node.bindAddress)) {
      const what = `bindAddress of node ${node.name}`;
      if (!parseAddress(node.bindAddress))
        throw errors.invalidAddress(what, node.bindAddress);
      const special = specialUse(node.bindAddress);
      if (special === "loopback")
        throw nodeErrors.loopbackBindAddress(node.name, node.bindAddress);
      if (special !== undefined && special !== "unspecified")
        throw errors.specialAddress(what, node.bindAddress, special);
      if (isIP(node.bindAddress) !== isIP(node.loopback.host))
        throw nodeErrors.wrongBindAddressFamily(
          node.name,
          node.bindAddress,
          site.serviceSubnets[0],
        );
    }
    if (!isPort(node.bindPort)) {
      throw errors.invalidPort(`bindPort of node ${node.name}`, node.bindPort);
    }
    // The ports of local processes are configurable; claimPorts checks them.
    if (site.runtime.kind === "processes") continue;
    const [owner] =
      Object.entries(PORTS).find(
        ([name, port]) => name !== "kubeApiserver" && port === node.bindPort,
      ) ?? [];
    if (owner) throw errors.takenPort(node.name, node.bindPort, owner);
  }
}

/**
 * Throws if two nodes share a name, an address, a machine or an access, or if a node has an invalid machine id or
 * retire.
 */
export function validateMachines(machines: readonly MachineProps[]): void {
  for (const { name, machineId, retire, access } of machines) {
    if (
      machineId !== undefined &&
      !hasToken(machineId) &&
      !/^[0-9a-f]{32}$/.test(machineId)
    )
      throw nodeErrors.invalidMachineId(name, machineId);
    if (retire && !access?.isHosted) throw nodeErrors.retiredDirectory(name);
  }
  const distinct = {
    name: ({ name }: MachineProps) => name,
    address: ({ address }: MachineProps) =>
      String(parseAddress(address)?.value ?? address),
    machineId: ({ machineId }: MachineProps) => machineId,
    access: ({ access }: MachineProps) => access?.machine,
  };
  for (const [what, of] of Object.entries(distinct)) {
    const known = new Set<string>();
    for (const machine of machines) {
      const value = of(machine);
      if (value === undefined) continue;
      if (known.has(value)) {
        throw nodeErrors.duplicateNode(
          what as keyof typeof distinct,
          what === "address" ? machine.address : value,
        );
      }
      known.add(value);
    }
  }
}

/**
 * Throws unless either all nodes are on hosts or none is. @param where The group of nodes, such as `The control plane`.
 */
export function validateAccess(
  where: string,
  machines: readonly MachineProps[],
): void {
  const hosted = machines.find(({ access }) => access?.isHosted);
  const directory = machines.find(({ access }) => !access?.isHosted);
  if (hosted && directory)
    throw nodeErrors.mixedAccess(where, directory.name, hosted.name);
}

export function validateFiles({ name, files = [] }: MachineProps): void {
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
  }
}
