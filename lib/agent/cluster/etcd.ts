import type { Clock } from "../../base/clock";
import {
  EtcdError,
  type EtcdRefusal,
  etcdRefused,
  StatusError,
  UnreachableError,
} from "./errors";
import { LIMITS } from "../../base/limits";
import {
  anything,
  fields,
  flag,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";
import type { ServerRequest, Server } from "./https";
import { retry } from "./retry";
import { SnapshotReader } from "./snapshot-reader";

/** 64-bit numbers are strings, as in etcd's JSON, because JavaScript would round them. */
export interface Member {
  readonly id: string;
  /** Empty until it has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
  readonly started: boolean;
}

/**
 * A client of one etcd member, which uses its JSON gateway.
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export class EtcdClient {
  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
    /** Milliseconds for which a change is repeated that etcd cannot make at the moment. */
    private readonly patience = PATIENCE,
  ) {}

  /** All members, as agreed by the majority. */
  async members(): Promise<Member[]> {
    const path = "/v3/cluster/member/list";
    const ask = () =>
      this.post("list the members", path, { linearizable: true }, MEMBERS);
    const { members = [] } = await this.duringElection(ask);
    return members.map(member);
  }

  /** Adds a member that does not vote, and that will be started at this URL. */
  async addLearner(peerUrl: string): Promise<Member> {
    let tries = 0;
    const attempt = async () => {
      tries++;
      const { member: added } = await this.post(
        `add the member ${peerUrl}`,
        "/v3/cluster/member/add",
        { peerURLs: [peerUrl], isLearner: true },
        ADDED,
      );
      return member(added);
    };
    try {
      return await retry(attempt, {
        clock: this.clock,
        limit: this.patience,
        isTemporary: refusedFor("no-leader", "unhealthy"),
      });
    } catch (error) {
      if (tries === 1 || !refusedFor("exists")(error)) throw error;
      // An earlier attempt added it, but its answer was lost.
      const members = await this.members();
      const added = members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
      if (!added) throw error;
      return added;
    }
  }

  /** Makes a learner a voting member. */
  async promote(id: string): Promise<void> {
    const path = "/v3/cluster/member/promote";
    await this.post(`promote the member ${id}`, path, { ID: id }, anything);
  }

  /** Promotes a learner as soon as it is in sync with the leader. `limit` is in milliseconds. */
  async promoteWhenReady(id: string, limit: number): Promise<void> {
    const passes = refusedFor("not-ready", "unhealthy", "no-leader");
    let tries = 0;
    const attempt = async () => {
      tries++;
      await this.promote(id);
    };
    try {
      await retry(attempt, {
        clock: this.clock,
        limit,
        isTemporary: (error) =>
          passes(error) || error instanceof UnreachableError,
      });
    } catch (error) {
      // An earlier attempt promoted it, but its answer was lost.
      if (tries === 1 || !refusedFor("not-a-learner")(error)) throw error;
    }
  }

  /** Removes a member, if it exists. */
  async remove(id: string): Promise<void> {
    const path = "/v3/cluster/member/remove";
    const attempt = () =>
      this.post(`remove the member ${id}`, path, { ID: id }, anything);
    try {
      await retry(attempt, {
        clock: this.clock,
        limit: this.patience,
        // After the leader was removed, the others first elect another one. A member that was away counts after some seconds.
        isTemporary: refusedFor("no-leader", "unhealthy"),
      });
    } catch (error) {
      if (!refusedFor("not-found")(error)) throw error;
    }
  }

  /** What a member reports about itself, even without a leader. */
  status() {
    const path = "/v3/maintenance/status";
    return this.post("report its status", path, {}, STATUS, {
      needsLeader: false,
    });
  }

  /**
   * Passes on a snapshot of the member's database, and its SHA-256 behind it, as it arrives. `begin` is told before how
   * many bytes this is.
   */
  async snapshot(
    begin: (size: number) => Promise<void>,
    take: (piece: Buffer) => Promise<void>,
  ): Promise<void> {
    const reader = new SnapshotReader(this.server.props.title, begin, take);
    await this.server.stream(
      {
        method: "POST",
        path: "/v3/maintenance/snapshot",
        body: {},
        limit: LIMITS.etcdAnswer,
      },
      (piece) => reader.add(piece),
    );
    await reader.end();
  }

  /**
   * Why the member is unhealthy; `undefined` if it is healthy: it has a leader, and a read that needs the majority
   * succeeds. Alarms do not count, because every member reports them, whoever raised them, and because a rollout that
   * raises the quota has to restart members with the alarm NOSPACE: the preflight decides about them. A learner is never
   * healthy: use its {@link status} instead.
   */
  async problem(): Promise<string | undefined> {
    try {
      const body = await this.server.request({
        method: "GET",
        path: "/health?exclude=NOSPACE&exclude=CORRUPT",
        timeout: HEALTH_TIMEOUT,
        limit: LIMITS.healthAnswer,
      });
      return problemOf(typeof body === "string" ? body : JSON.stringify(body));
    } catch (error) {
      if (error instanceof UnreachableError)
        return error.message.split("\n")[0];
      if (error instanceof StatusError) return problemOf(error.refusal.said);
      throw error;
    }
  }

  /** Repeats a request while the members elect a leader. */
  protected duringElection<T>(ask: () => Promise<T>): Promise<T> {
    return retry(ask, {
      clock: this.clock,
      limit: Math.min(ELECTION, this.patience),
      isTemporary: refusedFor("no-leader"),
    });
  }

  protected async post<T>(
    what: string,
    path: string,
    body: unknown,
    shape: Shape<T>,
    {
      needsLeader = true,
      timeout,
      limit = LIMITS.etcdAnswer,
    }: PostOptions = {},
  ): Promise<T> {
    const request: ServerRequest = {
      method: "POST",
      path,
      body,
      headers: needsLeader ? NEEDS_LEADER : {},
      limit,
      timeout,
    };
    try {
      return await this.server.ask(request, shape);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw etcdRefused(this.server.props.title, what, error.refusal);
    }
  }
}

interface PostOptions extends Pick<ServerRequest, "timeout" | "limit"> {
  /** Whether a member without a leader refuses. @default true */
  readonly needsLeader?: boolean;
}

/**
 * With these headers, a member without a leader refuses a request at once, or after some seconds if it does not know yet.
 * Without them, it would keep the request until there is a leader.
 * @see https://grpc-ecosystem.github.io/grpc-gateway/docs/mapping/customizing_your_gateway/
 */
const NEEDS_LEADER = {
  "grpc-metadata-hasleader": "true",
  "grpc-timeout": "5S",
};

/** Milliseconds. The health check may wait for a leader for longer than an election takes. */
const HEALTH_TIMEOUT = 10_000;

const PATIENCE = 20_000;
/** Milliseconds in which a leader is elected if there is a majority. */
const ELECTION = 5_000;

export const refusedFor =
  (...kinds: EtcdRefusal[]) =>
  (error: unknown): boolean =>
    error instanceof EtcdError && kinds.includes(error.kind);

/** The problem in an answer of /health, which is JSON without the content type. */
function problemOf(body: string): string | undefined {
  const [, healthy] = /"health":"(true|false)"/.exec(body) ?? [];
  const [, reason] = /"reason":"([^"]*)"/.exec(body) ?? [];
  return healthy === "true" ? undefined : reason || body;
}

/** etcd leaves out fields that are zero, false or empty. */
const MEMBER = fields({
  ID: text,
  name: optional(text),
  peerURLs: optional(list(text)),
  clientURLs: optional(list(text)),
  isLearner: optional(flag),
});
const MEMBERS = fields({ members: optional(list(MEMBER)) });
const ADDED = fields({ member: MEMBER });

const STATUS = fields({
  header: fields({ member_id: text }),
  version: text,
  leader: optional(text),
  isLearner: optional(flag),
});

function member(raw: ReturnType<typeof MEMBER>): Member {
  const { ID: id, name = "", peerURLs = [], clientURLs = [] } = raw;
  return {
    id,
    name,
    peerUrls: peerURLs,
    clientUrls: clientURLs,
    isLearner: raw.isLearner ?? false,
    started: name !== "",
  };
}
