import type { Work } from "../../store/work";
import type { KubernetesApi } from "./api";
import { nothingReached } from "./errors-access";
import { hostedNodes } from "../../store/inventory";
import { Connections } from "./connections";

/** The cluster that a store is of, reached as its rollout reached it, when it is first needed. */
export class ReachedCluster {
  private connections?: Connections;
  private asked?: Promise<KubernetesApi>;

  constructor(private readonly work: Work) {}

  api(): Promise<KubernetesApi> {
    return (this.asked ??= this.ask());
  }

  private ask(): Promise<KubernetesApi> {
    const inventory = this.work.store.inventory();
    const nodes = hostedNodes(inventory).filter(
      ({ name }) => inventory?.nodes?.[name]?.pool === undefined,
    );
    if (nodes.length === 0) return Promise.reject(nothingReached("A token"));
    this.connections = new Connections(this.work);
    return this.connections.api(nodes);
  }

  async close(): Promise<void> {
    await this.connections?.close();
  }
}
