import { CLUSTER_FACTS } from "../../../lib/catalog/cluster-facts";
import type { Inventory } from "../../../lib/store/inventory";
import { cluster, STORE } from "../../support/cluster";
import { Deployment, type Program } from "../../support/terraform";

const INVENTORY = `${STORE}/inventory.json`;

/** A cluster that is set up, over which plans are made that would change what it keeps. */
export class LiveCluster {
  readonly deployment = new Deployment();

  setUp(): void {
    this.deployment.program(cluster()).apply();
  }

  /** The errors of a plan, which changes nothing. */
  errorsOf(program: Program): string[] {
    const { deployment } = this;
    const present = () => [deployment.hashes("clusters"), deployment.state()];
    const before = present();
    const { errors } = deployment.program(program).tryPlan();
    expect(present()).toEqual(before);
    return errors.map((error) => error.replace(/^Resource .* failed\n/, ""));
  }

  /** The changes that a plan refuses in a single error, by fact: `10.96.0.0/12 would become 10.112.0.0/12`. */
  refused(program: Program): Record<string, string> {
    const errors = this.errorsOf(program);
    if (errors.length === 0) return {};
    expect(errors).toHaveLength(1);
    const lines = errors[0].split("\n").filter((line) => line.startsWith("- "));
    return Object.fromEntries(
      lines.map((line) => {
        const [, fact, change, text] =
          /^- (\w+): (.*? would become \S+(?:, .*? would become \S+)*)\. (.*)$/.exec(
            line,
          )!;
        const row = CLUSTER_FACTS.find((each) => each.fact === fact);
        expect(text).toContain(`${row?.breaks} ${row?.way}`);
        return [fact, change];
      }),
    );
  }

  /** Runs an action over an inventory as an earlier apply would have left it. */
  withInventory<T>(
    change: (inventory: Inventory) => object,
    action: () => T,
  ): T {
    const { deployment } = this;
    const before = deployment.read(INVENTORY);
    deployment.write(INVENTORY, JSON.stringify(change(JSON.parse(before))));
    try {
      return action();
    } finally {
      deployment.write(INVENTORY, before);
    }
  }

  withFacts(facts: object, action: () => void): void {
    this.withInventory(
      (inventory) => ({
        ...inventory,
        facts: { ...inventory.facts, ...facts },
      }),
      action,
    );
  }
}
