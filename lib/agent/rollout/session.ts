import { AgentError } from "../../base/errors";
import { hostKnownAtApply } from "./errors";
import { type HostFacts, readFacts } from "../hosts/facts";
import { commandTimedOut } from "../hosts/errors";
import type { Host, HostFile } from "../hosts/host";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { inventoryFile } from "../../store/bookkeeping";
import type { Inventory } from "../../store/inventory";
import { withDuration } from "./durations";
import { LiveNode } from "./live-node";
import type { LiveNodeProps } from "./live-node-props";
import { hasEtcd, kubeletBinary } from "../../request/roles";
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

/** A host and what it is like. */
export interface ReachedHost {
  readonly request: NodeRequest;
  readonly host: Host;
  readonly facts: HostFacts;
  readonly node: LiveNode;
}

/** The result of trying to read a host: what it is like, or why it could not be reached. */
export type HostResult =
  ReachedHost | { readonly request: NodeRequest; readonly failure: AgentError };

/** Options for sessions that are not rollouts: `check` and `preview`. */
export interface SessionOptions extends ConnectionOptions {
  /**
   * The files that a node should have.
   * @default - its tree in the store
   */
  readonly treeOf?: (node: string) => readonly HostFile[];
  /** Nodes whose hosts are known only at apply. */
  readonly unknown?: ReadonlySet<string>;
  /** Nothing is changed on hosts, and a host that is down or does not answer is given up quickly. */
  readonly readOnly?: boolean;
}

type ReadOptions = Pick<LiveNodeProps, "keeps" | "kubeletIssuers" | "reads"> &
  Pick<RolloutRequest, "etcd">;

/** Seconds to connect to a host that is only read, and milliseconds for the whole read. */
const CONNECT_TIMEOUT = 5;
const READ_TIMEOUT = 30_000;

/** The connections of one rollout, and its inventory, which is written whenever it changes. */
export class Session extends Connections {
  constructor(
    work: Work,
    private current: Inventory,
    private readonly options: SessionOptions = {},
  ) {
    super(work, options);
  }

  get inventory(): Inventory {
    return this.current;
  }

  async saveInventory(inventory: Inventory): Promise<void> {
    this.current = inventory;
    await this.work.store.write([inventoryFile(inventory)], this.work.agent);
  }

  /** Records how long a step took; written when the inventory is saved next. */
  recordDuration(
    request: RolloutRequest,
    step: Step,
    milliseconds: number,
  ): void {
    this.current = withDuration(this.current, step, request, milliseconds);
  }

  /** Reads all hosts at once. A host that cannot be reached gives the reason instead. */
  readHosts(
    nodes: readonly NodeRequest[],
    options: ReadOptions,
  ): Promise<HostResult[]> {
    return Promise.all(
      nodes.map(async (request): Promise<HostResult> => {
        try {
          return await (this.options.readOnly
            ? this.readWithTimeout(request, options)
            : this.read(request, options));
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          return { request, failure: error };
        }
      }),
    );
  }

  private async readWithTimeout(
    node: NodeRequest,
    options: ReadOptions,
  ): Promise<HostResult> {
    const { access } = node;
    if (this.options.unknown?.has(node.name)) throw hostKnownAtApply(node.name);
    const target = {
      node: node.name,
      host: access.kind === "ssh" ? access.host : "this machine",
    };
    const late = new AbortController();
    const { clock } = this.work;
    try {
      return await Promise.race([
        this.read(withShortTimeout(node, CONNECT_TIMEOUT), options),
        clock.pause(READ_TIMEOUT, late.signal).then(() => {
          throw commandTimedOut(target, READ_TIMEOUT);
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
    { etcd, ...options }: ReadOptions,
  ): Promise<HostResult> {
    const { clock, say } = this.work;
    const host = await this.host(
      this.wasNodeBefore(request) ? withShortTimeout(request) : request,
    );
    const etcdDataDir = hasEtcd(request) ? etcd?.dataDir : undefined;
    const facts = await readFacts(host, {
      criSocket: request.criSocket,
      etcdDataDir,
      kubelet: kubeletBinary(request)?.path,
      folders: request.backup ? [request.backup.directory] : [],
      now: clock.now,
    });
    const tree = this.treeOf(request.name);
    const node = await LiveNode.read({
      request,
      host,
      tree,
      hadTree:
        this.current.nodes?.[request.name]?.tree ===
        treeFingerprint(tree, request.binaries),
      ...(facts.etcdMember && { etcdDataDir }),
      etcdFolder: etcdDataDir,
      ...options,
      client: superAdminClient(this.work.store, request.name),
      readOnly: this.options.readOnly,
      clock,
      say,
    });
    return { request, host, facts, node };
  }

  /** This machine was a node before, so it is not just booting for the first time. */
  private wasNodeBefore({ name }: NodeRequest): boolean {
    const { pool, tree } = this.current.nodes?.[name] ?? {};
    return pool === undefined && tree !== undefined;
  }
}
