import {
  anything,
  fields,
  flag,
  list,
  optional,
  type Shape,
  text,
  textThat,
} from "../../base/shape";
import type { Alarm, MemberStatus } from "../../request/etcd-care";
import { LIMITS } from "../../base/limits";
import { TooLargeError } from "./errors";
import { EtcdClient, refusedFor } from "./etcd";

/**
 * The requests to one etcd member that keep its database in order, and that read what is in it.
 * @see https://etcd.io/docs/v3.6/op-guide/maintenance/
 */
export class EtcdMaintenance extends EtcdClient {
  memberStatus(): Promise<MemberStatus> {
    return this.post("report its status", STATUS_PATH, {}, memberStatus, {
      needsLeader: false,
      timeout: STATUS_TIMEOUT,
    });
  }

  /** The alarms of all members, as agreed by the majority. */
  async alarms(): Promise<Alarm[]> {
    const ask = () =>
      this.post("list the alarms", ALARM_PATH, { action: "GET" }, ALARMS);
    const { alarms = [] } = await this.duringElection(ask);
    return alarms.map(({ memberID = "0", alarm = "NONE" }) => ({
      kind: alarm,
      memberId: memberID,
    }));
  }

  /** Takes back an alarm. It is raised again as soon as its reason occurs again. */
  async disarm({ kind, memberId }: Alarm): Promise<void> {
    const body = { action: "DEACTIVATE", memberID: memberId, alarm: kind };
    const ask = () => this.post(`disarm ${kind}`, ALARM_PATH, body, anything);
    await this.duringElection(ask);
  }

  /**
   * Forgets what was replaced or deleted before a revision, in all members, and waits until this member has freed its
   * space. If another member compacted to that revision already, it only waits.
   * @see https://github.com/etcd-io/etcd/blob/v3.6.8/server/etcdserver/v3_server.go#L203
   */
  async compact(revision: number): Promise<void> {
    const body = { revision: String(revision), physical: true };
    try {
      await this.post("compact", "/v3/kv/compaction", body, anything, {
        needsLeader: false,
        timeout: LONG_TIMEOUT,
      });
    } catch (error) {
      if (!refusedFor("compacted")(error)) throw error;
    }
  }

  /** The first keys and values between two keys, as the majority has them; `too large` if all of them together are. */
  async range({
    from,
    end,
    limit,
  }: KeyRange): Promise<RangePage | "too large"> {
    const ask = () =>
      this.post(
        `read values behind ${from.toString()}`,
        "/v3/kv/range",
        {
          key: from.toString("base64"),
          range_end: end.toString("base64"),
          limit: String(limit),
        },
        RANGE,
        { limit: LIMITS.apiAnswer },
      );
    try {
      const { kvs = [], more = false } = await this.duringElection(ask);
      return {
        values: kvs.map(({ key, value = "" }) => ({
          key: Buffer.from(key, "base64"),
          value: Buffer.from(value, "base64"),
        })),
        more,
      };
    } catch (error) {
      if (error instanceof TooLargeError) return "too large";
      throw error;
    }
  }

  /** Writes the database of this member anew, without the space that is free in it. Meanwhile it answers nothing else. */
  async defragment(): Promise<void> {
    const path = "/v3/maintenance/defragment";
    await this.post("defragment", path, {}, anything, {
      needsLeader: false,
      timeout: LONG_TIMEOUT,
    });
  }

  /** Makes another member the leader. Only the leader does that. */
  async moveLeadership(memberId: string): Promise<void> {
    const path = "/v3/maintenance/transfer-leadership";
    const body = { targetID: memberId };
    await this.post("transfer the leadership", path, body, anything);
  }
}

/** Keys of etcd: from the first one on, and before the other one. */
export interface KeyRange {
  readonly from: Buffer;
  readonly end: Buffer;
  readonly limit: number;
}

export interface RangePage {
  readonly values: readonly { readonly key: Buffer; readonly value: Buffer }[];
  /** There are further keys in the range. */
  readonly more: boolean;
}

const STATUS_PATH = "/v3/maintenance/status";
const ALARM_PATH = "/v3/maintenance/alarm";

/** Milliseconds. */
const STATUS_TIMEOUT = 10_000;
/** Milliseconds for what grows with the database. A database of 8 GiB on a slow disk takes some minutes. */
const LONG_TIMEOUT = 30 * 60_000;

/** 64-bit numbers are strings in etcd's JSON. Those that are counted or compared fit into a number of JavaScript. */
const count: Shape<number> = (value, at) =>
  Number(
    textThat((given) => /^-?\d{1,19}$/.test(given), "a number")(value, at),
  );

/** etcd leaves out fields that are zero, false or empty, and those that a release does not have. */
const STATUS = fields({
  header: fields({
    member_id: text,
    cluster_id: text,
    revision: optional(count),
  }),
  version: text,
  storageVersion: optional(text),
  leader: optional(text),
  isLearner: optional(flag),
  dbSize: optional(count),
  dbSizeInUse: optional(count),
  dbSizeQuota: optional(count),
  raftIndex: optional(count),
  raftAppliedIndex: optional(count),
});

const RANGE = fields({
  kvs: optional(list(fields({ key: text, value: optional(text) }))),
  more: optional(flag),
});

const ALARMS = fields({
  alarms: optional(
    list(fields({ memberID: optional(text), alarm: optional(text) })),
  ),
});

/** Reads the answer of any release that is supported. */
export const memberStatus: Shape<MemberStatus> = (answer, at) => {
  const { header, version, storageVersion, leader, dbSizeQuota, ...raw } =
    STATUS(answer, at);
  return {
    memberId: header.member_id,
    clusterId: header.cluster_id,
    version,
    ...(storageVersion && { storageVersion }),
    ...(leader && leader !== "0" && { leader }),
    isLearner: raw.isLearner ?? false,
    revision: header.revision ?? 0,
    size: raw.dbSize ?? 0,
    sizeInUse: raw.dbSizeInUse ?? 0,
    // A negative number says that there is no limit.
    ...(dbSizeQuota !== undefined && dbSizeQuota > 0 && { quota: dbSizeQuota }),
    committed: raw.raftIndex ?? 0,
    applied: raw.raftAppliedIndex ?? 0,
  };
};
