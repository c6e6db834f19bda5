import type { Work } from "../make/batch";
import type { KubernetesApi } from "../cluster/api";
import { nothingReached } from "../cluster/errors-access";
import { hostedNodes } from "./drift";
import { Session } from "./session";

/** The cluster that a store is of, reached as its rollout reached it, when it is first needed. */
export class ReachedCluster {
  private session?: Session;
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
    if (inventory === undefined || nodes.length === 0)
      return Promise.reject(nothingReached("A token"));
    this.session = new Session(this.work, inventory);
    return this.session.api(nodes);
  }

  async close(): Promise<void> {
    await this.session?.close();
  }
}
