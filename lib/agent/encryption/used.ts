import { AgentError } from "../../base/errors";
import { sha256 } from "../../base/files";
import type { NodeRequest } from "../../request/request";
import type { KubernetesApi } from "../cluster/api";
import { waitFor } from "../cluster/retry";
import type { Connections } from "../cluster/connections";
import { configurationNotUsed } from "./errors";

/** Milliseconds in which an API server uses a new configuration. It looks for one each minute. */
const LOADING = 180_000;

/**
 * The metric with the hash of the configuration.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/apiserver/pkg/server/options/encryptionconfig/metrics/metrics.go
 */
const METRIC =
  /^apiserver_encryption_config_controller_last_config_info\{(?:[^}]*,)?hash="sha256:([0-9a-f]{64})"/m;

/** Asks API servers which EncryptionConfiguration they use. */
export class UsedConfigurations {
  private readonly apis = new Map<string, KubernetesApi>();

  /** What API servers used last: they have told, or they were started with it. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly connections: Connections,
    /** Whether API servers tell. */
    private readonly tell: boolean,
  ) {}

  /** Whether a node's API server uses a configuration. False if it does not answer. */
  async isUsed(node: NodeRequest, configuration: Buffer): Promise<boolean> {
    const wanted = sha256(configuration);
    if (this.known.get(node.name) === wanted) return true;
    if (!this.tell) return false;
    try {
      const api = await this.apiOf(node);
      const used = METRIC.exec(await api.metrics())?.[1];
      if (used === wanted) this.known.set(node.name, used);
      return used === wanted;
    } catch (error) {
      if (error instanceof AgentError) return false;
      throw error;
    }
  }

  /** Waits until a node's API server uses a configuration. One that does not tell was started with it before. */
  async untilUsed(node: NodeRequest, configuration: Buffer): Promise<void> {
    if (!this.tell) {
      this.known.set(node.name, sha256(configuration));
      return;
    }
    const { clock } = this.connections.work;
    const ask = async () =>
      (await this.isUsed(node, configuration)) || undefined;
    if (!(await waitFor(clock, LOADING, ask)))
      throw configurationNotUsed(node.name, LOADING / 1000);
  }

  private async apiOf(node: NodeRequest): Promise<KubernetesApi> {
    const known = this.apis.get(node.name);
    // It may have been restarted, and a request would wait for it.
    if (known && (await known.ready())) return known;
    const api = await this.connections.api([node]);
    this.apis.set(node.name, api);
    return api;
  }
}
