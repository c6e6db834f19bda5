import { resolve } from "node:path";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import type { Work } from "../make/batch";
import { KubernetesApi } from "../cluster/api";
import { parseKubeconfig } from "../cluster/kubeconfig";
import { AgentError } from "../../base/errors";
import { noApiServer } from "./errors";
import { connect } from "../hosts/connect";
import { type HostFacts, readFacts } from "../hosts/facts";
import type { Host } from "../hosts/host";
import type {
  AccessRequest,
  EtcdRequest,
  NodeRequest,
} from "../../request/request";
import { type Inventory, inventoryFile, type Store } from "../../store/store";
import { isAnywhere, relativeTo } from "../../base/user-paths";
import type { Client } from "./health";
import { LiveNode } from "./live-node";
import { hasApiServer, hasEtcd } from "./roles";
import { runsProcesses } from "../../store/inventory";
import { thisMachine } from "../processes/machine";
import { treeFile, treeOf } from "./tree";
import { treeFingerprint } from "./waiting";

export const SUPER_ADMIN = kubeconfigRow("super-admin").path;
/** Seconds to wait for a host that may well be gone. */
const GONE = 10;

/** A host that was tried: what it is like, or why it isn't reached. */
export type Reached =
  | {
      readonly request: NodeRequest;
      readonly host: Host;
      readonly facts: HostFacts;
      readonly node: LiveNode;
    }
  | { readonly request: NodeRequest; readonly failure: AgentError };

/** What one rollout has in its hands: connections, and the inventory, written whenever it changes. */
export class Session {
  private readonly hosts = new Map<string, Promise<Host>>();
  private readonly apis: KubernetesApi[] = [];

  constructor(
    readonly work: Work,
    private present: Inventory,
  ) {}

  get inventory(): Inventory {
    return this.present;
  }

  async keep(inventory: Inventory): Promise<void> {
    this.present = inventory;
    await this.work.store.write([inventoryFile(inventory)], this.work.agent);
  }

  /** The connection to a node, made once. */
  host(request: NodeRequest): Promise<Host> {
    const { name, access } = request;
    const known = this.hosts.get(name);
    if (known) return known;
    const { store, say } = this.work;
    const host = runsProcesses(request)
      ? Promise.resolve(thisMachine(name))
      : connect(
          { name, access: fromStore(access, store) },
          { knownHosts: store.at("known_hosts"), say },
        );
    this.hosts.set(name, host);
    // Its rejection is for those who ask.
    host.catch(() => undefined);
    return host;
  }

  /** As {@link host}, of a machine that may be gone. */
  async hostIfThere(request: NodeRequest): Promise<Host | undefined> {
    try {
      return await this.host(hasty(request));
    } catch (error) {
      if (error instanceof AgentError) return undefined;
      throw error;
    }
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
      client: this.clientOf(request.name),
      say,
    });
    return { request, host, facts, node };
  }

  /** It was up once, as the same machine: it is not one that still boots for the first time. */
  private isKnown({ name }: NodeRequest): boolean {
    const { pool, tree } = this.present.nodes?.[name] ?? {};
    return pool === undefined && tree !== undefined;
  }

  /** Who asks a node's own components; only the control plane's nodes have such a kubeconfig. */
  private clientOf(node: string): Client {
    const text = treeFile(this.work.store, node, SUPER_ADMIN);
    return text && parseKubeconfig(text.toString(), SUPER_ADMIN).client;
  }

  /** The API of the first node whose API server is ready: never the endpoint, which may need the cluster first. */
  async api(nodes: readonly NodeRequest[]): Promise<KubernetesApi> {
    const reasons: string[] = [];
    for (const request of nodes.filter(hasApiServer)) {
      const kubeconfig = treeFile(this.work.store, request.name, SUPER_ADMIN);
      const host = kubeconfig && (await this.hostIfThere(request));
      if (!host) {
        reasons.push(`${request.name}: its host is not reached`);
        continue;
      }
      try {
        const api = new KubernetesApi({
          kubeconfig: kubeconfig.toString(),
          path: SUPER_ADMIN,
          host,
          address: request.address,
          port: request.port,
        });
        if (await api.ready()) {
          this.apis.push(api);
          return api;
        }
        api.close();
        reasons.push(`${request.name}: it is not ready`);
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        reasons.push(`${request.name}: ${error.message.split("\n")[0]}`);
      }
    }
    throw noApiServer(reasons);
  }

  async close(): Promise<void> {
    for (const api of this.apis) api.close();
    const hosts = await Promise.allSettled(this.hosts.values());
    await Promise.all(
      hosts.map((host) =>
        host.status === "fulfilled" ? host.value.close() : undefined,
      ),
    );
  }
}

/** Its paths from the store, where others run too, and not from where Terraform runs. */
export const relativeToStore = <T extends { readonly access: AccessRequest }>(
  node: T,
  { directory }: Store,
): T => ({
  ...node,
  access: withIdentity(node.access, (file) => relativeTo(directory, file)),
});

const fromStore = (
  access: AccessRequest,
  { directory }: Store,
): AccessRequest =>
  withIdentity(access, (file) =>
    // `~/` is ssh's to read.
    isAnywhere(file) ? file : resolve(directory, file),
  );

function withIdentity(
  access: AccessRequest,
  place: (identityFile: string) => string,
): AccessRequest {
  return access.kind === "ssh" && access.identityFile !== undefined
    ? { ...access, identityFile: place(access.identityFile) }
    : access;
}

function hasty(request: NodeRequest): NodeRequest {
  const { access } = request;
  if (access.kind !== "ssh") return request;
  const connectTimeout = Math.min(access.connectTimeout, GONE);
  return { ...request, access: { ...access, connectTimeout } };
}
