import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { run } from "./agent";
import type { Artefact } from "./artefact";
import { Resource } from "./resource";
import type { Store } from "./store";

export interface BatchProps {
  readonly store: Store;
  /** Its name in the store: an authority's, a node's. */
  readonly name: string;
  /** What the line of progress says. */
  readonly title: string;
  /**
   * Whether what it makes is undone on destroy. An authority's batch is not: it may come before the machines
   * that {@link Teardown} waits for.
   * @default true
   */
  readonly tornDown?: boolean;
}

/** Makes the files of its artefacts: one process, whatever their number. */
export class Batch extends Construct {
  readonly resource: Resource;
  readonly name: string;
  private readonly artefacts: Artefact[] = [];

  constructor(scope: Construct, id: string, props: BatchProps) {
    super(scope, id);
    this.name = props.name;
    this.resource = new Resource(this, "Resource", {
      provider: props.store.provider,
      triggers: () =>
        Object.fromEntries(
          this.artefacts.map((artefact) => [
            artefact.name,
            artefact.resource.id,
          ]),
        ),
      run: () =>
        run(
          this,
          {
            action: "batch",
            store: props.store.location,
            stack: TerraformStack.of(this).node.id,
            title: props.title,
            batch: props.name,
          },
          {
            environment: Object.fromEntries(
              this.artefacts.map((artefact, i) => [
                `ARTEFACT_${i}`,
                artefact.request(),
              ]),
            ),
          },
        ),
    });
    if (props.tornDown ?? true)
      this.resource.addDependency(props.store.teardown.resource);
  }

  add(artefact: Artefact): void {
    this.artefacts.push(artefact);
  }
}
