import { compact } from "../../base/compact";
import { parseAddress } from "../../catalog/addresses";
import { HostError, type HostErrorKind } from "../hosts/errors";
import * as found from "./errors";
import type { Finding, Found } from "./errors";
import { CNI_PLUGINS, type FileSystem, type HostFacts } from "../hosts/facts";
import type { BinaryFacts } from "../hosts/binary-facts";
import type { MissingImage } from "../hosts/images";
import type { Flaw } from "../hosts/flaw";
import { socketPath } from "../hosts/runtime";
import { binaryFindings, foreignFindings } from "./binaries";
import { kubeletFindings, type KubeletNeeds } from "./kubelet";
import { runtimeFindings } from "./runtime";
import type { NodeRequest } from "../../request/request";
import { hasKubelet } from "../../request/roles";

export { preflightError, preflightWarnings, type Finding } from "./errors";

/** A node of a rollout, and what is known about its host. */
export interface Candidate {
  readonly request: NodeRequest;
  /** The facts, or the error if the host cannot be examined. */
  readonly facts: HostFacts | Error;
  /** Whether it is a node of this cluster already, so that the listeners on its ports are ours. */
  readonly delivered: boolean;
  /** The binaries that its units run. */
  readonly binaries?: readonly BinaryFacts[];
  /** The paths of foreign units and programs to which the rollout would deliver. */
  readonly foreign?: readonly string[];
  /** Paths that users other than root can redirect. */
  readonly flaws?: readonly Flaw[];
  /** Whether its host saves etcd already, so that a full directory for the snapshots is no reason to change nothing. */
  readonly savesEtcd?: boolean;
  /** The images that could neither be imported nor pulled. */
  readonly missingImages?: readonly MissingImage[];
}

export interface ClusterToCheck extends KubeletNeeds {
  readonly kubelet: KubeletNeeds["kubelet"] & {
    readonly cgroupDriver?: string;
  };
  /** The CNI plugins that our pod network needs on each node; empty with another pod network. */
  readonly cniPlugins: readonly string[];
  /** Whether the cluster has running members. */
  readonly live: boolean;
  /** Whether the rollout begins an upgrade, which leaves no node behind. */
  readonly upgrades: boolean;
}

const DOWN: readonly HostErrorKind[] = ["unreachable", "lost", "timeout"];
/** Seconds. */
const CLOCK_TOLERANCE = 60;
const LEAST_BYTES = 200 * 1024 * 1024;
const LEAST_INODES = 1000;

/** All problems and warnings of a rollout, on all nodes. */
export function findings(
  candidates: readonly Candidate[],
  cluster: ClusterToCheck,
): Finding[] {
  return [
    ...candidates.flatMap((candidate) =>
      nodeFindings(candidate, cluster).map((each) => ({
        node: candidate.request.name,
        ...each,
      })),
    ),
    ...sharedAddresses(candidates),
    ...sharedMachines(candidates),
  ];
}

function nodeFindings(candidate: Candidate, cluster: ClusterToCheck): Found[] {
  const { request, facts } = candidate;
  if (facts instanceof Error) return [hostFinding(candidate, facts, cluster)];
  const always = [
    ...identityFindings(request, facts),
    ...redirectableFindings(candidate.flaws ?? []),
  ];
  // Nothing is started on a node that retires.
  if (request.retire) return always;
  return [
    ...always,
    ...clockFindings(facts),
    ...(hasKubelet(request)
      ? [
          ...kubeletFindings(facts, candidate.binaries ?? [], cluster),
          ...runtimeFindings(facts.runtime, {
            socket: socketPath(request.criSocket),
            // kubelet's default.
            cgroupDriver: cluster.kubelet.cgroupDriver ?? "cgroupfs",
            kubernetesVersion: cluster.kubernetesVersion,
            delivered: candidate.delivered,
          }),
          ...pluginFindings(facts, cluster),
        ]
      : compact(!facts.systemd && found.noSystemd())),
    ...portFindings(candidate, facts),
    ...facts.fileSystems.flatMap((each) => diskFindings(each, candidate)),
    ...(candidate.binaries ?? []).flatMap((binary) =>
      binaryFindings(binary, {
        kubernetesVersion: cluster.kubernetesVersion,
        architecture: facts.architecture,
      }),
    ),
    ...foreignFindings(candidate.foreign ?? []),
    ...imageFindings(candidate.missingImages ?? []),
  ];
}

/** A node of a running cluster may be down, unless an upgrade begins: that is a warning. A refused login is an error, because it will not pass. */
function hostFinding(
  { request, delivered }: Candidate,
  error: Error,
  { live, upgrades }: ClusterToCheck,
): Found {
  const down = error instanceof HostError && DOWN.includes(error.kind);
  const dispensable = request.retire || (delivered && !upgrades);
  return live && down && dispensable
    ? found.memberDown(request.name, error.message)
    : found.unreachable(request.name, error.message);
}

function identityFindings(request: NodeRequest, facts: HostFacts): Found[] {
  const { machineId, address } = request;
  return compact(
    machineId !== undefined &&
      facts.machineId !== machineId &&
      found.anotherMachine(machineId, facts.machineId),
    !hasAddress(facts, address) && found.foreignAddress(address),
  );
}

/** Whether the host has an address. Also true if its addresses are unknown, or if a name is given instead. */
function hasAddress(facts: HostFacts, address: string): boolean {
  const wanted = comparable(address);
  return (
    parseAddress(address) === undefined ||
    facts.addresses === undefined ||
    facts.addresses.some((each) => comparable(each) === wanted)
  );
}

/** The same text for all spellings of an address. */
export function comparable(address: string): string {
  const parsed = parseAddress(address);
  return parsed ? `${parsed.family}:${parsed.value}` : address.toLowerCase();
}

const clockFindings = ({ clockOffset }: HostFacts): Found[] =>
  Math.abs(clockOffset) > CLOCK_TOLERANCE ? [found.clockOff(clockOffset)] : [];

function pluginFindings(
  facts: HostFacts,
  { cniPlugins }: ClusterToCheck,
): Found[] {
  const missing = cniPlugins.filter((name) => !facts.cniPlugins.includes(name));
  return missing.length > 0
    ? [found.cniPluginsMissing(CNI_PLUGINS, missing)]
    : [];
}

/** One finding for each process that uses ports of the node's components, and one for all ports with an unknown owner. */
function portFindings(
  { request, delivered }: Candidate,
  { listeners }: HostFacts,
): Found[] {
  if (delivered) return [];
  const taken = request.components.flatMap(({ name, ports }) =>
    listeners
      .filter(({ port }) => ports.includes(port))
      // A running kubelet does no harm: the rollout restarts it.
      .filter(
        ({ process }) =>
          name !== "kubelet" || process?.name !== name || process.foreign,
      )
      .map((listener) => ({ ...listener, component: name })),
  );
  const pids = new Set(taken.map(({ process }) => process?.pid));
  return [...pids].map((pid) => {
    const same = taken.filter(({ process }) => process?.pid === pid);
    return found.portsTaken(
      [...new Set(same.map(({ port }) => port))],
      [...new Set(same.map(({ component }) => component))],
      same[0].process,
    );
  });
}

function diskFindings(
  { paths, freeBytes, freeInodes = Infinity }: FileSystem,
  { request: { backup }, savesEtcd }: Candidate,
): Found[] {
  const isForBackups = paths.every((path) => path === backup?.directory);
  const severity = isForBackups && savesEtcd ? "warning" : "error";
  const mebibytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`;
  return compact(
    freeBytes < LEAST_BYTES &&
      found.diskFull(paths, mebibytes(freeBytes), mebibytes(LEAST_BYTES)),
    freeInodes < LEAST_INODES &&
      found.diskFull(paths, `${freeInodes} inodes`, `${LEAST_INODES}`),
  ).map((each) => ({ ...each, severity }));
}

/** One finding for each flawed folder, however many files are below it. */
function redirectableFindings(flaws: readonly Flaw[]): Found[] {
  const problems = [...new Set(flaws.map(({ problem }) => problem))];
  return problems.map((problem) => {
    const same = flaws.filter((flaw) => flaw.problem === problem);
    return found.redirectablePath(
      problem,
      [...new Set(same.map(({ path }) => path))],
      same[0].remedy,
    );
  });
}

/** One finding for each reason, such as an unreachable registry, however many images it affects. */
function imageFindings(missing: readonly MissingImage[]): Found[] {
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
  return reasons.map((reason) =>
    found.imageMissing(
      missing
        .filter((each) => each.reason === reason)
        .map((each) => each.image),
      reason,
    ),
  );
}

function sharedAddresses(candidates: readonly Candidate[]): Finding[] {
  return repeated(candidates, ({ request }) => comparable(request.address)).map(
    ({ first, again }) => ({
      node: again.request.name,
      ...found.sameAddress(again.request.address, first.request.name),
    }),
  );
}

function sharedMachines(candidates: readonly Candidate[]): Finding[] {
  const idOf = ({ facts }: Candidate) =>
    facts instanceof Error ? undefined : facts.machineId;
  return repeated(candidates, idOf).map(({ first, again }) => ({
    node: again.request.name,
    ...found.sameMachine(idOf(again)!, first.request.name),
  }));
}

/** The items whose key an earlier item has, each with that first item. */
function repeated<T>(
  all: readonly T[],
  key: (each: T) => string | undefined,
): { first: T; again: T }[] {
  const firsts = new Map<string, T>();
  return all.flatMap((again) => {
    const value = key(again);
    if (value === undefined) return [];
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, again);
    return first === undefined ? [] : [{ first, again }];
  });
}
