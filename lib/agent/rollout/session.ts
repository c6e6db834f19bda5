import { AgentError } from "../../base/errors";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import { hasEtcd } from "../../request/roles";
import { type Inventory, inventoryFile } from "../../store/store";
import type { Work } from "../../store/work";
import { Connections, hasty, superAdminClient } from "../cluster/connections";
import { type HostFacts, readFacts } from "../hosts/facts";
import type { Host } from "../hosts/host";
import { treeOf } from "../hosts/tree";
import { LiveNode } from "./live-node";
import { treeFingerprint } from "./waiting";

/** A host that was tried: what it is like, or why it isn't reached. */
export type Reached =
  | {
      readonly request: NodeRequest;
      readonly host: Host;
      readonly facts: HostFacts;
      readonly node: LiveNode;
    }
  | { readonly request: NodeRequest; readonly failure: AgentError };

/** The connections of one rollout, and the inventory, which is written whenever it changes. */
export class Session extends Connections {
  constructor(
    work: Work,
    private present: Inventory,
  ) {
    super(work);
  }

  get inventory(): Inventory {
    return this.present;
  }

  async keep(inventory: Inventory): Promise<void> {
    this.present = inventory;
    await this.work.store.write([inventoryFile(inventory)], this.work.agent);
  }

  /** Reads all hosts at once; those that cannot be reached say why. */
  reach(
    nodes: readonly NodeRequest[],
    options: {
      readonly etcd?: EtcdRequest;
      readonly keeps: readonly string[];
    },
  ): Promise<Reached[]> {
    return Promise.all(
      nodes.map(async (request): Promise<Reached> => {
        try {
          return await this.read(request, options);
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          return { request, failure: error };
        }
      }),
    );
  }

  private async read(
    request: NodeRequest,
    { etcd, keeps }: { etcd?: EtcdRequest; keeps: readonly string[] },
  ): Promise<Reached> {
    const { store, say } = this.work;
    const host = await this.host(
      this.isKnown(request) ? hasty(request) : request,
    );
    const etcdDataDir = hasEtcd(request) ? etcd?.dataDir : undefined;
    const facts = await readFacts(host, {
      criSocket: request.criSocket,
      etcdDataDir,
    });
    const tree = treeOf(store, request.name);
    const node = await LiveNode.read({
      request,
      host,
      tree,
      hadTree:
        this.present.nodes?.[request.name]?.tree ===
        treeFingerprint(tree, request.binaries),
      ...(facts.etcdMember && { etcdDataDir }),
      etcdFolder: etcdDataDir,
      keeps,
      client: superAdminClient(store, request.name),
      say,
    });
    return { request, host, facts, node };
  }

  /** It was up once, as the same machine: it is not one that still boots for the first time. */
  private isKnown({ name }: NodeRequest): boolean {
    const { pool, tree } = this.present.nodes?.[name] ?? {};
    return pool === undefined && tree !== undefined;
  }
}
