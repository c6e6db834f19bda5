/** The etcd cluster, as its members see it. */
export interface EtcdState {
  /** Whether a majority of the members answered. Without it, only what each member says of itself is known. */
  readonly hasQuorum: boolean;
  readonly members: readonly MemberState[];
  readonly alarms: readonly RaisedAlarm[];
}

export interface MemberState {
  /** The name of its node. */
  readonly name: string;
  /** Absent if no member told it. */
  readonly id?: string;
  readonly isLearner: boolean;
  /** Absent if it was not asked, or did not answer. */
  readonly status?: MemberStatus;
  /** Why it is not healthy, or why it was not asked. Learners are not asked for their health. */
  readonly problem?: string;
}

/** What a member reports about itself, even without a leader. */
export interface MemberStatus {
  readonly memberId: string;
  readonly clusterId: string;
  /** Its release: `3.6.8`. */
  readonly version: string;
  /** The version of the format of its database. etcd tells it from 3.6 on. */
  readonly storageVersion?: string;
  /** The id of the member that leads. Absent if it knows none. */
  readonly leader?: string;
  readonly isLearner: boolean;
  /** The revision of its latest change. */
  readonly revision: number;
  /** Bytes of the file with the database, and how many of them are in use. */
  readonly size: number;
  readonly sizeInUse: number;
  /** Bytes that the file may have. Absent if there is no limit, or if etcd does not tell it, as before 3.6. */
  readonly quota?: number;
  /** The last entry of the log that the majority has, and the last that this member has applied. */
  readonly committed: number;
  readonly applied: number;
}

/** An alarm that a member raised. All members know it, and each behaves as it demands. */
export interface Alarm {
  /** `NOSPACE`, `CORRUPT`, or one of a later release. */
  readonly kind: string;
  readonly memberId: string;
}

export interface RaisedAlarm extends Alarm {
  /** The name of the member that raised it; its id, if it is no member any more. */
  readonly member: string;
}

/** One thing that is done to one member. */
export type CareStep =
  | {
      readonly kind: "compact";
      readonly member: string;
      /** What was replaced or deleted before this revision is forgotten. */
      readonly revision: number;
    }
  | {
      readonly kind: "move leadership";
      readonly member: string;
      readonly to: string;
    }
  | { readonly kind: "defragment"; readonly member: string }
  | {
      readonly kind: "disarm";
      readonly member: string;
      readonly alarm: RaisedAlarm;
    };

/** A step that was done. */
export type CareAct = CareStep & {
  /** The bytes of the member's database before and after. */
  readonly before: number;
  readonly after: number;
};

/** What was done to an etcd cluster, and how it is now. */
export interface EtcdOutcome {
  readonly done: readonly CareAct[];
  readonly state: EtcdState;
}

/** What somebody should know about a member. */
export interface EtcdFinding {
  readonly kind: "NOSPACE" | "CORRUPT" | "near quota";
  readonly member: string;
  /** Bytes, as far as they are known. */
  readonly size?: number;
  readonly sizeInUse?: number;
  readonly quota?: number;
}
