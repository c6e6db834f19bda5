import { urlHost } from "../../catalog/addresses";
import type { Work } from "../../store/work";
import { EtcdClient, type Member } from "../cluster/etcd";
import { type EtcdNode, etcdServer } from "../cluster/etcd-server";
import { notPromoted } from "./errors";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import type { EtcdView } from "./view";

/** Milliseconds that a new member may take to catch up. */
const CATCH_UP = 120_000;

/** The etcd cluster of the control plane, queried through the hosts that are reached. */
export class EtcdMembers {
  private readonly clients = new Map<string, EtcdClient>();
  /** The voting members that were healthy at the last check. */
  private healthy: readonly string[] = [];

  constructor(
    private readonly etcd: EtcdRequest,
    private readonly work: Pick<Work, "store" | "clock">,
    /** The nodes that may be members. Nodes that stay come before nodes that retire, which may have left etcd already. */
    private readonly nodes: readonly EtcdNode[],
  ) {}

  /** The list of members that the majority agrees on; `undefined` if there is no majority. */
  async agreedMembers(): Promise<readonly Member[] | undefined> {
    for (const node of this.nodes) {
      try {
        return await this.clientOf(node).members();
      } catch {
        // Another member may answer.
      }
    }
    return undefined;
  }

  /** The state of etcd, given the list of members that the majority agrees on. */
  async view(agreedMembers: readonly Member[] | undefined): Promise<EtcdView> {
    const voting = (agreedMembers ?? []).filter(({ isLearner }) => !isLearner);
    const asked = await Promise.all(
      this.nodes
        .filter(({ request }) =>
          voting.some((member) => this.isOf(member, request)),
        )
        .map(async (node) => ((await this.isHealthy(node)) ? [node.name] : [])),
    );
    this.healthy = asked.flat();
    return {
      hasQuorum: agreedMembers !== undefined,
      voters: voting.length,
      healthy: this.healthy,
    };
  }

  private async isHealthy(node: EtcdNode): Promise<boolean> {
    try {
      const client = this.clientOf(node);
      const { isLearner } = await client.status();
      return !isLearner && (await client.problem()) === undefined;
    } catch {
      return false;
    }
  }

  remove({ id, name }: Member): Promise<void> {
    return this.anyClient(name).remove(id);
  }

  /** Adds a node as a learner, a member that does not vote yet. */
  async addLearner({ name, address }: NodeRequest): Promise<void> {
    await this.anyClient(name).addLearner(this.peerUrlOf(address));
  }

  /** The value of `--initial-cluster` for a member that joins: the other members and itself. */
  initialCluster(
    { name, address }: NodeRequest,
    agreedMembers: readonly Member[],
  ): string {
    const peerUrl = this.peerUrlOf(address);
    const others = agreedMembers.filter(
      (member) => member.name && !member.peerUrls.includes(peerUrl),
    );
    return [
      ...others.map((member) => `${member.name}=${member.peerUrls[0]}`),
      `${name}=${peerUrl}`,
    ].join(",");
  }

  async promote(id: string, node: string): Promise<void> {
    try {
      await this.anyClient(node).promoteWhenReady(id, CATCH_UP);
    } catch (error) {
      throw notPromoted(node, (error as Error).message.split("\n")[0]);
    }
  }

  isOf(member: Member, { name, address }: NodeRequest): boolean {
    return (
      member.name === name || member.peerUrls.includes(this.peerUrlOf(address))
    );
  }

  private peerUrlOf(address: string): string {
    return `https://${urlHost(address)}:${this.etcd.peerPort}`;
  }

  /** A client of a healthy member other than this one. */
  private anyClient(notOf: string): EtcdClient {
    const others = this.nodes.filter(({ name }) => name !== notOf);
    const node =
      others.find(({ name }) => this.healthy.includes(name)) ?? others[0];
    return this.clientOf(node ?? this.nodes[0]);
  }

  private clientOf(node: EtcdNode): EtcdClient {
    const client = this.clients.get(node.name) ?? this.newClient(node);
    this.clients.set(node.name, client);
    return client;
  }

  private newClient(node: EtcdNode): EtcdClient {
    const { store, clock } = this.work;
    return new EtcdClient(etcdServer(node, this.etcd, store), clock);
  }
}
