import { isIP } from "node:net";
import type { Address, ExternalEtcd, Site, SiteNode } from "../../catalog/site";
import type { Requirement } from "../../terraform/requirement";
import * as errors from "../errors";
import {
  ALTERNATIVE_NAME,
  HTTP_URL,
  HTTPS_URL,
  LABEL_VALUE,
  MACHINE_ID,
  WITHOUT_COLON,
  WITH_COLON,
  SOCKET_URL,
} from "../patterns";
import { isAddress, isNot, isReachable } from "./address-requirements";
import { bootstrapTokenRequirements } from "./bootstrap-token-validation";
import { COMPONENT_PROPS, componentsOf } from "./cluster-components";
import type { ClusterProps } from "./cluster-props";
import { endpointOf } from "./endpoint";
import { wrongVirtualIpFamily } from "./endpoint-errors";
import { flagRequirements, flagSets } from "./flag-validation";
import { imageRequirements } from "./image-validation";
import { isOutside } from "./network-validation";
import * as nodeErrors from "./node-errors";
import type { MachineProps } from "./node-props";
import { variableRequirements, volumeRequirements } from "./pod-validation";

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
    ...componentsOf(site).flatMap((row) => {
      const { extraEnvs, extraVolumes } = row.options(site);
      const prop = COMPONENT_PROPS[row.id];
      return [
        ...volumeRequirements(`${prop}.extraVolumes`, extraVolumes),
        ...variableRequirements(`${prop}.extraEnvs`, extraEnvs),
      ];
    }),
    ...(etcd.kind === "external" ? etcdRequirements(etcd) : []),
    ...flagSets(site, props).flatMap((set) => flagRequirements(site, set)),
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
function serverRequirements(
  { serviceSubnets: [services] }: Site,
  { name, address, bindAddress, loopback }: SiteNode,
): Requirement[] {
  const advertised: Requirement = {
    value: address.host,
    patterns: [familyOf(loopback)],
    error: (given) => errors.wrongAddressFamily(name, given, services),
  };
  if (bindAddress === undefined) return [advertised];
  const what = `bindAddress of node ${name}`;
  return [
    advertised,
    isAddress(what, bindAddress),
    isNot("loopback", bindAddress, (given) =>
      nodeErrors.loopbackBindAddress(name, given),
    ),
    ...isReachable(what, bindAddress, ["loopback", "unspecified"]),
    {
      value: bindAddress,
      patterns: [familyOf(loopback)],
      error: (given) =>
        nodeErrors.wrongBindAddressFamily(name, given, services),
    },
  ];
}

function endpointRequirements(
  site: Site,
  given: ClusterProps["endpoint"],
): Requirement[] {
  const { endpoint, nodes, serviceSubnets } = site;
  const { requirements = [] } = endpointOf(given) ?? {};
  if (endpoint?.kind !== "virtual-ip") return [...requirements];
  return [
    ...requirements,
    {
      value: endpoint.host,
      patterns: [familyOf(nodes[0].loopback)],
      error: (address) => wrongVirtualIpFamily(address, serviceSubnets[0]),
    },
    ...isOutside(site, (address) => `the virtual IP ${address}`, endpoint.host),
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

const familyOf = ({ host }: Address): RegExp =>
  isIP(host) === 4 ? WITHOUT_COLON : WITH_COLON;
