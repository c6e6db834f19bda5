import { Construct } from "constructs";
import type { NodeRequest } from "../../request/request";
import { invalidName } from "../errors";
import { isDnsName } from "../hosts";
import { duplicatePool } from "../site/node-errors";
import { WorkerPool, type WorkerPoolCluster } from "./worker-pool";
import type { WorkerPoolProps } from "../site/worker-props";

/** The pools of a control plane, which are rolled out one after the other, in the order in which they were added. */
export class WorkerPools {
  private readonly pools = new Map<string, WorkerPool>();

  constructor(private readonly scope: Construct) {}

  /** The names of the workers, by pool. */
  get machineNames(): Record<string, string[]> {
    return Object.fromEntries(
      [...this.pools].map(([name, { machines }]) => [
        name,
        machines.map((machine) => machine.name),
      ]),
    );
  }

  /** The workers of all pools. */
  get requests(): NodeRequest[] {
    return [...this.pools.values()].flatMap(({ requests }) => requests);
  }

  /** @param cluster The cluster without its pools. */
  add(
    name: string,
    props: WorkerPoolProps,
    cluster: WorkerPoolCluster,
  ): WorkerPool {
    if (!isDnsName(name)) throw invalidName("the name of a pool", name);
    if (this.pools.has(name)) throw duplicatePool(name);
    const earlier = [...this.pools.values()];
    const workers =
      (this.scope.node.tryFindChild("workers") as Construct | undefined) ??
      new Construct(this.scope, "workers");
    const pool = new WorkerPool(
      workers,
      name,
      {
        ...cluster,
        machines: [
          ...cluster.machines,
          ...earlier.flatMap(({ machines }) => machines),
        ],
        after: [
          ...cluster.after,
          ...earlier.slice(-1).map(({ rollout }) => rollout),
        ],
      },
      props,
    );
    this.pools.set(name, pool);
    return pool;
  }
}
