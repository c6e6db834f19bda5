import { AgentError } from "../../base/errors";
import { hostUnknown } from "./errors";
import { type HostFacts, readFacts } from "../hosts/facts";
import { commandTimedOut } from "../hosts/errors";
import type { Host, HostFile } from "../hosts/host";
import type {
  EtcdRequest,
  NodeRequest,
  RolloutRequest,
} from "../../request/request";
import { inventoryFile } from "../../store/bookkeeping";
import type { Inventory } from "../../store/inventory";
import { withDuration } from "./durations";
import { LiveNode } from "./live-node";
import { hasEtcd } from "../../request/roles";
import type { Step } from "./step";
import { treeOf } from "../hosts/tree";
import { treeFingerprint } from "./tree-fingerprint";
import type { Work } from "../../store/work";
import {
  type ConnectionOptions,
  Connections,
  withShortTimeout,
  superAdminClient,
} from "../cluster/connections";

/** A host that was tried: what it is like, or why it isn't reached. */
export type Reached =
  | {
      readonly request: NodeRequest;
      readonly host: Host;
      readonly facts: HostFacts;
      readonly node: LiveNode;
    }
  | { readonly request: NodeRequest; readonly failure: AgentError };

/** Where a look at hosts is no rollout. */
export interface SessionOptions extends ConnectionOptions {
  /** What a node is to have. @default - its tree in the store */
  readonly treeOf?: (node: string) => readonly HostFile[];
  /** Nodes whose hosts are known only at apply. */
  readonly unknown?: ReadonlySet<string>;
  /** Hosts are only looked at: nothing is changed there, and one that is down, or hangs, is nothing to wait for. */
  readonly readOnly?: boolean;
}

/** Seconds to connect to a host that is only looked at, and milliseconds for all of the look. */
const HASTY_CONNECT = 5;
const HASTY_LOOK = 30_000;

/** The connections of one rollout, and the inventory, which is written whenever it changes. */
export class Session extends Connections {
  constructor(
    work: Work,
    private present: Inventory,
    private readonly options: SessionOptions = {},
  ) {
    super(work, options);
  }

  get inventory(): Inventory {
    return this.present;
  }

  async keep(inventory: Inventory): Promise<void> {
    this.present = inventory;
    await this.work.store.write([inventoryFile(inventory)], this.work.agent);
  }

  /** Kept with what is kept next. */
  measure(request: RolloutRequest, step: Step, milliseconds: number): void {
    this.present = withDuration(this.present, step, request, milliseconds);
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
          return await (this.options.readOnly
            ? this.readHastily(request, options)
            : this.read(request, options));
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          return { request, failure: error };
        }
      }),
    );
  }

  private async readHastily(
    node: NodeRequest,
    options: { etcd?: EtcdRequest; keeps: readonly string[] },
  ): Promise<Reached> {
    const { access } = node;
    if (this.options.unknown?.has(node.name)) throw hostUnknown(node.name);
    const target = {
      node: node.name,
      host: access.kind === "ssh" ? access.host : "this machine",
    };
    const late = new AbortController();
    const { clock } = this.work;
    try {
      return await Promise.race([
        this.read(withShortTimeout(node, HASTY_CONNECT), options),
        clock.pause(HASTY_LOOK, late.signal).then(() => {
          throw commandTimedOut(target, HASTY_LOOK);
        }),
      ]);
    } finally {
      late.abort();
    }
  }

  treeOf(node: string): readonly HostFile[] {
    return this.options.treeOf?.(node) ?? treeOf(this.work.store, node);
  }

  private async read(
    request: NodeRequest,
    { etcd, keeps }: { etcd?: EtcdRequest; keeps: readonly string[] },
  ): Promise<Reached> {
    const { clock, say } = this.work;
    const host = await this.host(
      this.isKnown(request) ? withShortTimeout(request) : request,
    );
    const etcdDataDir = hasEtcd(request) ? etcd?.dataDir : undefined;
    const facts = await readFacts(host, {
      criSocket: request.criSocket,
      etcdDataDir,
      now: clock.now,
    });
    const tree = this.treeOf(request.name);
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
      client: superAdminClient(this.work.store, request.name),
      readOnly: this.options.readOnly,
      clock,
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
