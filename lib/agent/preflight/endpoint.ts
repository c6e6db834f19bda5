import { ENDPOINT_UNITS } from "../../catalog/endpoint";
import {
  parseCertificates,
  type CertificateFacts,
} from "../../pki/certificates";
import { compact } from "../../base/compact";
import { isSelfSigned } from "../../pki/chain";
import { nameText } from "../../pki/distinguished-name";
import * as found from "./errors-endpoint";
import type { Finding, Found } from "./errors";
import { comparable } from "./preflight";
import { isOlder } from "./version";
import type { EndpointFacts } from "../hosts/endpoint-facts";
import type { HostFile } from "../hosts/host";
import type { NodeRequest, VirtualIpRequest } from "../../request/request";

/** A node that may run the endpoint's proxy or hold the virtual IP. */
export interface EndpointCandidate {
  readonly request: NodeRequest;
  /** Absent if the host cannot be reached. */
  readonly facts?: EndpointFacts;
  /** Whether it is a node of this cluster already, so that its virtual IP is ours. */
  readonly delivered: boolean;
  /** The last CA in haproxy's trust file, if that is not a root: then haproxy would trust no API server. */
  readonly unrooted?: CertificateFacts;
}

/** The oldest versions that support the whole configuration. Distributions since 2022 have newer ones. */
const OLDEST = { haproxy: [2, 4], keepalived: [2, 2] } as const;

/** Whether one of the endpoint's units runs on a node. */
export const hasProxy = ({ components }: NodeRequest): boolean =>
  components.some(({ unit }) => unit === ENDPOINT_UNITS.proxy);

const holdsVirtualIp = ({ components }: NodeRequest): boolean =>
  components.some(({ unit }) => unit === ENDPOINT_UNITS.virtualIp);

export function endpointFindings(
  candidates: readonly EndpointCandidate[],
  virtualIp: VirtualIpRequest | undefined,
): Finding[] {
  const present = candidates.filter(({ request }) => !request.retire);
  return [
    ...present.flatMap((candidate) =>
      nodeFindings(candidate, virtualIp).map((each) => ({
        node: candidate.request.name,
        ...each,
      })),
    ),
    ...(virtualIp ? answerFindings(candidates, virtualIp) : []),
  ];
}

function nodeFindings(
  { request, facts, delivered, unrooted }: EndpointCandidate,
  virtualIp: VirtualIpRequest | undefined,
): Found[] {
  if (!facts || !hasProxy(request)) return [];
  const isHolder = virtualIp !== undefined && holdsVirtualIp(request);
  return [
    ...packageFindings(facts, isHolder),
    ...compact(
      unrooted &&
        found.rootMissing(
          nameText(unrooted.subjectDer),
          nameText(unrooted.issuerDer),
        ),
    ),
    ...(isHolder
      ? [
          ...interfaceFindings(facts, virtualIp, request.address),
          ...routerIdFindings(facts, virtualIp),
          ...(delivered ? [] : presenceFindings(facts, virtualIp)),
        ]
      : []),
  ];
}

/** The last CA in the trust file of a node's haproxy, if that is not a root. */
export function unrootedAuthority(
  tree: readonly HostFile[],
): CertificateFacts | undefined {
  const text = (path: (each: string) => boolean): string =>
    tree.find((file) => path(file.path))?.content.toString() ?? "";
  const [, trusted] =
    / ca-file (\S+) /.exec(text((path) => path.endsWith("/haproxy.cfg"))) ?? [];
  const last = parseCertificates(text((path) => path === trusted)).at(-1);
  return last && !isSelfSigned(last) ? last : undefined;
}

function packageFindings(facts: EndpointFacts, isHolder: boolean): Found[] {
  const { haproxy, keepalived, bash, interfaces } = facts;
  const missing = compact(
    haproxy === undefined && "haproxy",
    isHolder && keepalived === undefined && "keepalived",
    isHolder && !bash && "bash",
    isHolder && !interfaces && "iproute2",
  );
  const versions = { haproxy, ...(isHolder && { keepalived }) };
  return [
    ...(missing.length > 0 ? [found.packagesMissing(missing)] : []),
    ...Object.entries(versions).flatMap(([name, version]) => {
      const oldest = OLDEST[name as keyof typeof OLDEST];
      return version === undefined || !isOlder(version, oldest)
        ? []
        : [found.packageOld(name, version, oldest.join("."))];
    }),
  ];
}

function interfaceFindings(
  { interfaces }: EndpointFacts,
  virtualIp: VirtualIpRequest,
  address: string,
): Found[] {
  if (!interfaces) return [];
  const wanted = virtualIp.interface;
  const names = interfaces.map(({ name }) => name);
  if (wanted !== undefined)
    return names.includes(wanted)
      ? []
      : [found.interfaceMissing(wanted, names)];
  return interfaceOf(interfaces, address)
    ? []
    : [found.interfaceUnknown(address)];
}

const routerIdFindings = (
  { others }: EndpointFacts,
  { routerId }: VirtualIpRequest,
): Found[] =>
  others
    .filter(({ id }) => id === routerId)
    .map(({ id, path }) => found.routerIdTaken(id, path));

/** Before the first delivery, no keepalived of this cluster can have added the address. */
function presenceFindings(
  { interfaces = [] }: EndpointFacts,
  { address }: VirtualIpRequest,
): Found[] {
  const owner = interfaceOf(interfaces, address);
  return owner ? [found.virtualIpPresent(address, owner.name)] : [];
}

/** If all nodes are reached and none has the virtual IP, but something answers at it, that is a foreign machine. */
function answerFindings(
  candidates: readonly EndpointCandidate[],
  { address }: VirtualIpRequest,
): Finding[] {
  const holders = candidates.filter(({ request }) => holdsVirtualIp(request));
  if (holders.some(({ facts }) => !facts?.interfaces)) return [];
  if (
    holders.some(({ facts }) => interfaceOf(facts?.interfaces ?? [], address))
  )
    return [];
  return holders.flatMap(({ request: { name: node }, facts }) =>
    facts?.answer
      ? { node, ...found.virtualIpTaken(address, facts.answer.hardware) }
      : [],
  );
}

const interfaceOf = (
  interfaces: NonNullable<EndpointFacts["interfaces"]>,
  address: string,
) =>
  interfaces.find(({ addresses }) =>
    addresses.some((each) => comparable(each) === comparable(address)),
  );
