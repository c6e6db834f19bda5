import { resolve } from "node:path";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { AgentError } from "../../base/errors";
import { isAnywhere, relativeTo } from "../../base/user-paths";
import type { NodeRequest } from "../../request/request";
import type { AccessRequest } from "../../request/access";
import { hasApiServer, runsProcesses } from "../../request/roles";
import type { Store } from "../../store/store";
import type { Work } from "../../store/work";
import { connect } from "../hosts/connect";
import type { Host } from "../hosts/host";
import { thisMachine } from "../hosts/local";
import { treeFile } from "../hosts/tree";
import { KubernetesApi } from "./api";
import { noApiServer } from "./errors-access";
import { parseKubeconfig } from "./kubeconfig";

const SUPER_ADMIN = kubeconfigRow("super-admin").path;
/** Seconds to wait for a host that may be gone. */
const SHORT_TIMEOUT = 10;

export interface ConnectionOptions {
  /** @default - the file in the store, to which the keys of new hosts are added */
  readonly knownHosts?: string;
}

/** The open connections to the nodes of a store and to their API servers. */
export class Connections {
  private readonly hosts = new Map<string, Promise<Host>>();
  private readonly apis: KubernetesApi[] = [];

  constructor(
    readonly work: Work,
    private readonly files: ConnectionOptions = {},
  ) {}

  /** The connection to a node's host. It is made once. */
  host(request: NodeRequest): Promise<Host> {
    const { name, access } = request;
    const known = this.hosts.get(name);
    if (known) return known;
    const { store, clock, say } = this.work;
    const { knownHosts = store.at("known_hosts") } = this.files;
    const host = runsProcesses(request)
      ? Promise.resolve(thisMachine(name))
      : connect(
          { name, access: fromStore(access, store) },
          { knownHosts, clock, say },
        );
    this.hosts.set(name, host);
    // Callers handle a rejection; this only prevents an unhandled one.
    host.catch(() => undefined);
    return host;
  }

  /** Like {@link host}, for a host that may be gone: waits only a short time, and returns `undefined` on failure. */
  async hostIfReachable(request: NodeRequest): Promise<Host | undefined> {
    try {
      return await this.host(withShortTimeout(request));
    } catch (error) {
      if (error instanceof AgentError) return undefined;
      throw error;
    }
  }

  /** The API of the first node whose API server is ready. The endpoint is not used: it may need the cluster first. */
  async api(nodes: readonly NodeRequest[]): Promise<KubernetesApi> {
    const reasons: string[] = [];
    for (const request of nodes.filter(hasApiServer)) {
      const kubeconfig = treeFile(this.work.store, request.name, SUPER_ADMIN);
      const host = kubeconfig && (await this.hostIfReachable(request));
      if (!host) {
        reasons.push(`${request.name}: its host cannot be reached`);
        continue;
      }
      try {
        const api = new KubernetesApi({
          kubeconfig: kubeconfig.toString(),
          path: SUPER_ADMIN,
          host,
          address: request.address,
          port: request.port,
          clock: this.work.clock,
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

/** The client certificate for requests to a node's components. Only control-plane nodes have its kubeconfig. */
export function superAdminClient(store: Store, node: string) {
  const text = treeFile(store, node, SUPER_ADMIN);
  return text && parseKubeconfig(text.toString(), SUPER_ADMIN).client;
}

/** A node whose identity file is relative to the store, not to the folder in which Terraform runs. */
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
    // ssh expands `~/` itself.
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

/** The same node with a short connect timeout. */
export function withShortTimeout(
  request: NodeRequest,
  seconds = SHORT_TIMEOUT,
): NodeRequest {
  const { access } = request;
  if (access.kind !== "ssh") return request;
  const connectTimeout = Math.min(access.connectTimeout, seconds);
  return { ...request, access: { ...access, connectTimeout } };
}
