import { parseAddress } from "../../catalog/addresses";
import { HostError, type HostErrorKind } from "../hosts/errors";
import * as found from "./errors";
import type { Finding, Found } from "./errors";
import { redirectablePath } from "./errors-paths";
import { CNI_PLUGINS, type FileSystem, type HostFacts } from "../hosts/facts";
import type { BinaryFacts } from "../hosts/binary-facts";
import type { MissingImage } from "../hosts/images";
import type { Flaw } from "../hosts/flaw";
import { socketPath } from "../hosts/runtime";
import { binaryFindings, foreignFindings } from "./binaries";
import { kubeletFindings } from "./kubelet";
import { runtimeFindings } from "./runtime";
import type { NodeRequest } from "../../request/request";
import { hasKubelet } from "../../request/roles";

export { preflightError, preflightWarnings, type Finding } from "./errors";

/** A node that a rollout is to bring to its tree, and what is known of its host. */
export interface Candidate {
  readonly request: NodeRequest;
  /** The error where the host cannot be asked. */
  readonly facts: HostFacts | Error;
  /** It is a node of this cluster already: what listens on its ports is ours. */
  readonly delivered: boolean;
  /** What its units run. */
  readonly binaries?: readonly BinaryFacts[];
  /** Units and programs of somebody else that are where it is to have others. */
  readonly foreign?: readonly string[];
  /** Paths that others than root can lead elsewhere. */
  readonly flaws?: readonly Flaw[];
  /** Where they were asked for: those that cannot be had. */
  readonly missingImages?: readonly MissingImage[];
}

export interface ClusterToCheck {
  readonly kubernetesVersion: string;
  /** What kubelets are told, of the KubeletConfiguration. */
  readonly kubelet: {
    readonly cgroupDriver?: string;
    readonly failSwapOn?: boolean;
    readonly failCgroupV1?: boolean;
  };
  /** What the pod network runs on each node; none where it isn't ours. */
  readonly cniPlugins: readonly string[];
  /** It has members that run. */
  readonly live: boolean;
}

const DOWN: readonly HostErrorKind[] = ["unreachable", "lost", "timeout"];
const CLOCK_TOLERANCE = 60;
const LEAST_BYTES = 200 * 1024 * 1024;
const LEAST_INODES = 1000;
/** All that stands in the way of a rollout or may go wrong in it, on all nodes at once. */
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
  // Nothing is started any more on a node that leaves.
  if (request.retire)
    return [
      ...identityFindings(request, facts),
      ...redirectableFindings(candidate.flaws ?? []),
    ];
  return [
    ...identityFindings(request, facts),
    ...redirectableFindings(candidate.flaws ?? []),
    ...clockFindings(facts),
    ...(hasKubelet(request)
      ? [
          ...kubeletFindings(facts, candidate.binaries ?? [], cluster),
          ...runtimeFindings(facts.runtime, {
            socket: socketPath(request.criSocket),
            // kubelet's own default where its configuration names none.
            cgroupDriver: cluster.kubelet.cgroupDriver ?? "cgroupfs",
            kubernetesVersion: cluster.kubernetesVersion,
            delivered: candidate.delivered,
          }),
          ...pluginFindings(facts, cluster),
        ]
      : facts.systemd
        ? []
        : [found.noSystemd()]),
    ...portFindings(candidate, facts),
    ...facts.fileSystems.flatMap(diskFindings),
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

/** A member may be down. One that refuses this machine is another thing: that never mends itself. */
function hostFinding(
  { request, delivered }: Candidate,
  error: Error,
  { live }: ClusterToCheck,
): Found {
  const down = error instanceof HostError && DOWN.includes(error.kind);
  const dispensable = request.retire || delivered;
  return live && down && dispensable
    ? found.memberDown(request.name, error.message)
    : found.unreachable(request.name, error.message);
}

function identityFindings(request: NodeRequest, facts: HostFacts): Found[] {
  const { machineId, address } = request;
  return [
    ...(machineId !== undefined && facts.machineId !== machineId
      ? [found.anotherMachine(machineId, facts.machineId)]
      : []),
    ...(hasAddress(facts, address) ? [] : [found.foreignAddress(address)]),
  ];
}

/** Also where it isn't known, and where a name is given instead of an address. */
function hasAddress(facts: HostFacts, address: string): boolean {
  const wanted = comparable(address);
  return (
    parseAddress(address) === undefined ||
    facts.addresses === undefined ||
    facts.addresses.some((each) => comparable(each) === wanted)
  );
}

/** One spelling for each address. */
function comparable(address: string): string {
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

/** One finding for each process that is in the way, or for all ports whose owner isn't known. */
function portFindings(
  { request, delivered }: Candidate,
  { listeners }: HostFacts,
): Found[] {
  if (delivered) return [];
  const taken = request.components.flatMap(({ name, ports }) =>
    listeners
      .filter(({ port }) => ports.includes(port))
      // The rollout starts kubelet anew, whoever started it before.
      .filter(
        ({ process }) =>
          name !== "kubelet" || process?.name !== name || process.foreign,
      )
      .map((listener) => ({ ...listener, component: name })),
  );
  const pids = new Set(taken.map(({ process }) => process?.pid));
  return [...pids].map((pid) => {
    const its = taken.filter(({ process }) => process?.pid === pid);
    return found.portsTaken(
      [...new Set(its.map(({ port }) => port))],
      [...new Set(its.map(({ component }) => component))],
      its[0].process,
    );
  });
}

function diskFindings(fileSystem: FileSystem): Found[] {
  const { paths, freeBytes, freeInodes = Infinity } = fileSystem;
  const mebibytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`;
  return [
    ...(freeBytes < LEAST_BYTES
      ? [found.diskFull(paths, mebibytes(freeBytes), mebibytes(LEAST_BYTES))]
      : []),
    ...(freeInodes < LEAST_INODES
      ? [found.diskFull(paths, `${freeInodes} inodes`, `${LEAST_INODES}`)]
      : []),
  ];
}

/** What is wrong with a folder is one thing, however many files are below it. */
function redirectableFindings(flaws: readonly Flaw[]): Found[] {
  const problems = [...new Set(flaws.map(({ problem }) => problem))];
  return problems.map((problem) => {
    const its = flaws.filter((flaw) => flaw.problem === problem);
    return redirectablePath(
      problem,
      [...new Set(its.map(({ path }) => path))],
      its[0].remedy,
    );
  });
}

/** A registry that cannot be reached is one thing, however many images it has. */
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

/** Each that has a key which another one had before, with that one. */
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
