import type { Work } from "../../store/work";
import type { KubernetesApi } from "./api";
import { nothingReached } from "./errors-access";
import { hostedNodes, isWorker } from "../../store/inventory";
import { Connections } from "./connections";

/** The API of a store's cluster, reached in the same way as by its rollout. It connects when it is first needed. */
export class ReachedCluster {
  private connections?: Connections;
  private connected?: Promise<KubernetesApi>;

  constructor(private readonly work: Work) {}

  api(): Promise<KubernetesApi> {
    return (this.connected ??= this.connect());
  }

  private connect(): Promise<KubernetesApi> {
    const inventory = this.work.store.inventory();
    const nodes = hostedNodes(inventory).filter(
      (node) => !isWorker(inventory, node),
    );
    if (nodes.length === 0) return Promise.reject(nothingReached("A token"));
    this.connections = new Connections(this.work);
    return this.connections.api(nodes);
  }

  async close(): Promise<void> {
    await this.connections?.close();
  }
}
