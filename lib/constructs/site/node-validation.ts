import { parseAddress } from "../../catalog/addresses";
import { PORTS } from "../../catalog/ports";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import * as errors from "../errors";
import { isDnsName, isNodeName, isPlainPath, isPort } from "../hosts";
import { LABEL_NAME, LABEL_VALUE, MACHINE_ID, SOCKET_URL } from "../patterns";
import {
  isAddress,
  isNot,
  isOfFamily,
  isReachable,
} from "./address-requirements";
import { isOutside } from "./network-validation";
import * as nodeErrors from "./node-errors";
import type { MachineProps } from "./node-props";

/** Whether Kubernetes accepts the key of a label or a taint. */
function isQualifiedName(name: string): boolean {
  const [last, prefix, ...more] = name.split("/").reverse();
  return (
    LABEL_NAME.test(last) &&
    (prefix === undefined || isDnsName(prefix)) &&
    more.length === 0
  );
}

/** Checks what must be so for every node, except its {@link nodeRequirements}. */
export function validateNode({ name, labels, taints = [] }: SiteNode): void {
  if (hasToken(name) || !isNodeName(name)) throw errors.invalidNodeName(name);
  for (const [key, value] of Object.entries(labels))
    if (!isQualifiedName(key)) throw nodeErrors.invalidLabel(name, key, value);
  for (const { key, value = "", effect } of taints)
    if (!isQualifiedName(key))
      throw nodeErrors.invalidTaint(name, `${key}=${value}:${effect}`);
}

export function validateControlPlaneNodes(site: Site): void {
  if (site.nodes.length === 0) throw errors.noNodes();
  if (site.nodes.length > 1 && !site.endpoint)
    throw errors.endpointMissing(site.nodes.length);
  for (const node of site.nodes) {
    validateNode(node);
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

/** Throws if two nodes share a name, an address, a machine or an access, or if a node has an invalid retire. */
export function validateMachines(machines: readonly MachineProps[]): void {
  for (const { name, retire, access } of machines) {
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

/** What the texts of any node must be, workers included. */
export function nodeRequirements(site: Site, node: SiteNode): Requirement[] {
  const { name, labels, taints = [], criSocket } = node;
  const what = `the address of node ${name}`;
  return [
    // Processes of this machine listen on its loopback.
    ...(site.runtime.kind === "processes"
      ? []
      : [node.address.host, ...node.addresses].flatMap((address) => [
          isAddress(what, address),
          ...isReachable(what, address),
          ...isOutside(
            site,
            (given) => `the address ${given} of node ${name}`,
            address,
          ),
        ])),
    {
      value: criSocket,
      patterns: [SOCKET_URL],
      error: (given) => nodeErrors.invalidCriSocket(name, given),
    },
    ...Object.entries(labels).map(([key, value]) => ({
      value,
      patterns: [LABEL_VALUE],
      error: (given: string) => nodeErrors.invalidLabel(name, key, given),
    })),
    ...taints.map(({ key, value = "", effect }) => ({
      value,
      patterns: [LABEL_VALUE],
      error: (given: string) =>
        nodeErrors.invalidTaint(name, `${key}=${given}:${effect}`),
    })),
  ];
}

/** What the addresses of an API server must be besides. */
export function serverRequirements(
  { serviceSubnets: [services] }: Site,
  { name, address, bindAddress, loopback }: SiteNode,
): Requirement[] {
  const advertised = isOfFamily(loopback, address.host, (given) =>
    errors.wrongAddressFamily(name, given, services),
  );
  if (bindAddress === undefined) return [advertised];
  const what = `bindAddress of node ${name}`;
  return [
    advertised,
    isAddress(what, bindAddress),
    isNot("loopback", bindAddress, (given) =>
      nodeErrors.loopbackBindAddress(name, given),
    ),
    ...isReachable(what, bindAddress, ["loopback", "unspecified"]),
    isOfFamily(loopback, bindAddress, (given) =>
      nodeErrors.wrongBindAddressFamily(name, given, services),
    ),
  ];
}

/** What the texts about a machine must be that are not part of the site. */
export function machineRequirements({
  name,
  machineId,
  access,
}: MachineProps): Requirement[] {
  return [
    ...(access?.requirements(name) ?? []),
    ...(machineId === undefined
      ? []
      : [
          {
            value: machineId,
            patterns: [MACHINE_ID],
            error: (given: string) => nodeErrors.invalidMachineId(name, given),
          },
        ]),
  ];
}
