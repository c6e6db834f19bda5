import type { ExtraArgs } from "../../catalog/site";
import { Duration } from "../duration";
import {
  electionTooShort,
  notWholeNumber,
  numberOutOfRange,
  saidTwice,
} from "./etcd-errors";

/** Describes how large etcd may become, and how patient its members are with each other. */
export interface EtcdTuningProps {
  /**
   * How large the database may become, in bytes. Above it, etcd accepts only reads and deletions. A whole number above 0;
   * etcd advises at most 8 GiB, which is `8 * 1024 ** 3`.
   * @default - etcd's default, 2 GiB
   * @see https://etcd.io/docs/v3.6/dev-guide/limit/#storage-size-limit
   */
  readonly quotaBackendBytes?: number;

  /**
   * How etcd forgets old revisions by itself.
   * @default - only API servers compact it, every 5 minutes
   * @see https://etcd.io/docs/v3.6/op-guide/maintenance/#auto-compaction
   */
  readonly autoCompaction?: AutoCompaction;

  /**
   * How often the leader tells the other members that it is there, in milliseconds. About the time that a packet takes
   * between members and back. A whole number above 0.
   * @default 100
   * @see https://etcd.io/docs/v3.6/tuning/#time-parameters
   */
  readonly heartbeatInterval?: number;

  /**
   * How long the members wait for a leader before they elect another one, in milliseconds. A whole number of at least 5
   * times `heartbeatInterval`, and at most 50000.
   * @default 1000
   * @see https://etcd.io/docs/v3.6/tuning/#time-parameters
   */
  readonly electionTimeout?: number;

  /**
   * How large a request may be, in bytes. A whole number above 0; etcd advises at most 10 MiB.
   * @default 1572864
   * @see https://etcd.io/docs/v3.6/dev-guide/limit/#request-size-limit
   */
  readonly maxRequestBytes?: number;
}

/** How etcd forgets old revisions by itself. */
export class AutoCompaction {
  /** Keeps the revisions of this time. @param retention At least a minute. */
  static periodic(retention: Duration): AutoCompaction {
    retention.requireWithin("AutoCompaction.periodic", Duration.minutes(1));
    const minutes = Math.round(retention.toHours() * 60);
    return new AutoCompaction({
      "auto-compaction-mode": "periodic",
      "auto-compaction-retention": `${minutes}m`,
    });
  }

  /** Keeps this number of revisions. @param retention A whole number above 0. */
  static revisions(retention: number): AutoCompaction {
    requireWhole("AutoCompaction.revisions", retention);
    return new AutoCompaction({
      "auto-compaction-mode": "revision",
      "auto-compaction-retention": String(retention),
    });
  }

  private constructor(
    /** @internal */
    readonly flags: Readonly<Record<string, string>>,
  ) {}
}

/** The props that are numbers, with their flags. */
const NUMBERS = [
  ["quotaBackendBytes", "quota-backend-bytes"],
  ["heartbeatInterval", "heartbeat-interval"],
  ["electionTimeout", "election-timeout"],
  ["maxRequestBytes", "max-request-bytes"],
] as const;

const HEARTBEAT = 100;
const ELECTION = 1000;
/** etcd does not start with a longer timeout, or with one that is shorter than so many heartbeats. */
const LONGEST_ELECTION = 50_000;
const HEARTBEATS = 5;

/** The flags of the props. Throws if etcd would not start with them, or if `extraArgs` has one of them, too. */
export function tuningFlags(
  props: EtcdTuningProps & { readonly extraArgs?: ExtraArgs },
): Readonly<Record<string, string>> {
  const { autoCompaction, heartbeatInterval, electionTimeout } = props;
  const { extraArgs = {} } = props;
  const flags: Record<string, string> = {};
  const take = (prop: string, flag: string, value: string): void => {
    if (flag in extraArgs) throw saidTwice(`etcd.${prop}`, flag);
    flags[flag] = value;
  };
  for (const [prop, flag] of NUMBERS) {
    const value = props[prop];
    if (value === undefined) continue;
    requireWhole(`etcd.${prop}`, value);
    take(prop, flag, String(value));
  }
  for (const [flag, value] of Object.entries(autoCompaction?.flags ?? {}))
    take("autoCompaction", flag, value);
  if (heartbeatInterval !== undefined || electionTimeout !== undefined)
    checkElection(heartbeatInterval ?? HEARTBEAT, electionTimeout ?? ELECTION);
  return flags;
}

function requireWhole(prop: string, given: number): void {
  if (!Number.isSafeInteger(given) || given < 1)
    throw notWholeNumber(prop, given);
}

function checkElection(heartbeat: number, election: number): void {
  if (election > LONGEST_ELECTION)
    throw numberOutOfRange("etcd.electionTimeout", election, LONGEST_ELECTION);
  if (election < HEARTBEATS * heartbeat)
    throw electionTooShort(heartbeat, election, HEARTBEATS);
}
