import { AgentError } from "../../base/errors";
import type { Clock } from "../../base/clock";
import { urlHost } from "../../catalog/addresses";
import type {
  Alarm,
  EtcdState,
  MemberState,
  MemberStatus,
} from "../../request/etcd-care";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import type { Store } from "../../store/store";
import type { Member } from "../cluster/etcd";
import { EtcdMaintenance } from "../cluster/etcd-maintenance";
import { type EtcdNode, etcdServer } from "../cluster/etcd-server";

/** A node that should run a member. Its host may not be reached. */
export type EtcdHost =
  EtcdNode | { readonly request: NodeRequest; readonly failure: string };

/** What the member of a node said. */
interface Asked {
  readonly request: NodeRequest;
  readonly client?: EtcdMaintenance;
  readonly status?: MemberStatus;
  readonly problem?: string;
}

/** The members of an etcd cluster, which are asked through the hosts of their nodes. */
export class EtcdCluster {
  private readonly clients = new Map<string, EtcdMaintenance>();

  constructor(
    private readonly hosts: readonly EtcdHost[],
    private readonly etcd: EtcdRequest,
    private readonly work: { readonly store: Store; readonly clock: Clock },
  ) {}

  /** The state of all members. A member that does not answer has the reason in its place. */
  async state(): Promise<EtcdState> {
    const asked = await Promise.all(this.hosts.map((host) => this.ask(host)));
    const agreed = await firstAnswer(asked, (client) => client.members());
    const alarms = agreed
      ? await firstAnswer(asked, (client) => client.alarms())
      : undefined;
    return combined(asked, this.etcd, agreed, alarms);
  }

  /** The client of a node's member. */
  client(name: string): EtcdMaintenance {
    const client = this.clients.get(name);
    if (!client) throw new Error(`${name} is not reached`);
    return client;
  }

  private async ask(host: EtcdHost): Promise<Asked> {
    const { request } = host;
    if ("failure" in host) return { request, problem: host.failure };
    const client = this.clients.get(host.name) ?? this.connect(host);
    this.clients.set(host.name, client);
    try {
      const status = await client.memberStatus();
      const problem = status.isLearner ? undefined : await client.problem();
      return { request, client, status, problem };
    } catch (error) {
      return { request, client, problem: firstLine(error) };
    }
  }

  private connect(node: EtcdNode): EtcdMaintenance {
    const { store, clock } = this.work;
    return new EtcdMaintenance(etcdServer(node, this.etcd, store), clock);
  }
}

/** The first answer of a member that agrees with the majority; `undefined` if there is none. */
async function firstAnswer<T>(
  asked: readonly Asked[],
  ask: (client: EtcdMaintenance) => Promise<T>,
): Promise<T | undefined> {
  for (const { client, status } of asked) {
    // A learner refuses such questions, and a member without a leader cannot answer them.
    if (!client || !status?.leader || status.isLearner) continue;
    try {
      return await ask(client);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
    }
  }
  return undefined;
}

function firstLine(error: unknown): string {
  if (error instanceof AgentError) return error.message.split("\n")[0];
  throw error;
}

/**
 * What the nodes said, and what the majority agrees on. A node that the majority does not count as a member is left out,
 * and a member that runs on no node is added.
 */
export function combined(
  asked: readonly Omit<Asked, "client">[],
  { peerPort }: Pick<EtcdRequest, "peerPort">,
  agreed: readonly Member[] | undefined,
  alarms: readonly Alarm[] | undefined,
): EtcdState {
  const ofNode = ({ request, status }: Omit<Asked, "client">) => {
    const { name, address } = request;
    const peerUrl = `//${urlHost(address)}:${peerPort}`;
    return agreed?.find((member) =>
      status === undefined
        ? member.name === name ||
          member.peerUrls.some((url) => url.endsWith(peerUrl))
        : member.id === status.memberId,
    );
  };
  const nodes = asked.flatMap((each): MemberState[] => {
    const { request, status, problem } = each;
    const member = ofNode(each);
    if (agreed && !member) return [];
    const id = member?.id ?? status?.memberId;
    return [
      {
        name: request.name,
        ...(id !== undefined && { id }),
        isLearner: member?.isLearner ?? status?.isLearner ?? false,
        ...(status && { status }),
        ...(problem !== undefined && { problem }),
      },
    ];
  });
  const known = new Set(nodes.map(({ id }) => id));
  const others = (agreed ?? [])
    .filter(({ id }) => !known.has(id))
    .map(({ id, name, peerUrls, isLearner }): MemberState => {
      const shown = name || peerUrls[0] || id;
      const problem = "no node of the store runs it";
      return { name: shown, id, isLearner, problem };
    });
  const members = [...nodes, ...others];
  return {
    hasQuorum: agreed !== undefined && alarms !== undefined,
    members,
    alarms: (alarms ?? []).map((alarm) => ({
      ...alarm,
      member:
        members.find(({ id }) => id === alarm.memberId)?.name ?? alarm.memberId,
    })),
  };
}
