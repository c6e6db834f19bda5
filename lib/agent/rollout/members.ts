import { urlHost } from "../../catalog/addresses";
import { ETCD } from "../../catalog/etcd";
import { EtcdClient, type Member } from "../cluster/etcd";
import { Server } from "../cluster/https";
import { noQuorumLeft, notPromoted } from "./errors";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import type { Store } from "../../store/store";
import type { LiveNode } from "./live-node";
import { treeFile } from "./tree";

/** How long a new member may take to catch up, in milliseconds. */
const CATCH_UP = 120_000;

/** The etcd of the control plane, asked through the hosts that are reached. */
export class EtcdMembers {
  private readonly clients = new Map<string, EtcdClient>();

  constructor(
    private readonly etcd: EtcdRequest,
    private readonly store: Store,
    /** Those that stay before those that retire, which may be no members any more. */
    private readonly nodes: readonly LiveNode[],
  ) {}

  /** Of all members, as their majority has it; `undefined` where there is no majority. */
  async agreed(): Promise<readonly Member[] | undefined> {
    for (const node of this.nodes) {
      try {
        return await this.clientOf(node).members();
      } catch {
        // Another one may know.
      }
    }
    return undefined;
  }

  /** How many members that vote are well. */
  async healthy(): Promise<readonly string[]> {
    const wells = await Promise.all(
      this.nodes.map(async (node) => {
        try {
          const client = this.clientOf(node);
          const { isLearner } = await client.status();
          const well = !isLearner && (await client.problem()) === undefined;
          return well ? [node.name] : [];
        } catch {
          return [];
        }
      }),
    );
    return wells.flat();
  }

  /** Takes a member out, where the others are a quorum without it. */
  async remove(member: Member, title: string): Promise<void> {
    const members = (await this.agreed()) ?? [];
    const voters = members.filter(({ isLearner }) => !isLearner);
    if (!member.isLearner && member.started) {
      const healthy = (await this.healthy()).filter(
        (name) => name !== member.name,
      );
      if (healthy.length < quorumOf(voters.length - 1))
        throw noQuorumLeft(title, healthy.length, voters.length);
    }
    await this.anyClient(member.name).remove(member.id);
  }

  /** Adds a node as a member that doesn't vote yet, or goes on with one that was added before. */
  async addLearner(
    node: NodeRequest,
    members: readonly Member[],
  ): Promise<{ readonly id: string; readonly initialCluster: string }> {
    const peerUrl = this.peerUrlOf(node.address);
    const present = members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
    const { id } =
      present ?? (await this.anyClient(node.name).addLearner(peerUrl));
    const others = members.filter((member) => member.id !== id && member.name);
    const initialCluster = [
      ...others.map(({ name, peerUrls }) => `${name}=${peerUrls[0]}`),
      `${node.name}=${peerUrl}`,
    ].join(",");
    return { id, initialCluster };
  }

  async promote(id: string, node: string): Promise<void> {
    const { isLearner } =
      (await this.agreed())?.find((member) => member.id === id) ?? {};
    if (isLearner === false) return;
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

  /** Of a healthy member that isn't the one in question. */
  private anyClient(notOf: string): EtcdClient {
    const node =
      this.nodes.find(
        (each) => each.name !== notOf && !each.isUnhealthy({ name: ETCD.id }),
      ) ?? this.nodes[0];
    return this.clientOf(node);
  }

  private clientOf(node: LiveNode): EtcdClient {
    const client = this.clients.get(node.name) ?? this.newClient(node);
    this.clients.set(node.name, client);
    return client;
  }

  private newClient({ name, host, request }: LiveNode): EtcdClient {
    const { certificatesDir, clientPort } = this.etcd;
    const pem = (file: string): string =>
      treeFile(this.store, name, `${certificatesDir}/${file}`)?.toString() ??
      "";
    return new EtcdClient(
      new Server({
        title: `etcd of ${name}`,
        host,
        address: request.address,
        port: clientPort,
        tls: {
          trust: { ca: pem("ca.crt"), name: request.address },
          client: {
            cert: pem("healthcheck-client.crt"),
            key: pem("healthcheck-client.key"),
          },
        },
      }),
    );
  }
}

export const quorumOf = (members: number): number =>
  Math.floor(members / 2) + 1;
