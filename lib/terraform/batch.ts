import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
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
  /**
   * What comes before it, and whose every run makes it look again at what it made.
   * @default - nothing but what its artefacts are made from
   */
  readonly after?: readonly Resource[];
}

/** Makes the files of its artefacts: one process, whatever their number. */
export class Batch extends Resource {
  readonly name: string;
  private readonly artefacts: Artefact[] = [];
  private readonly followed = new Set<Resource>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BatchProps,
  ) {
    super(scope, id, props.store);
    this.name = props.name;
    for (const resource of props.after ?? []) this.follow(resource);
    if (props.tornDown ?? true) this.addDependency(props.store.teardown);
  }

  get description() {
    return { kind: "batch", title: this.props.title } as const;
  }

  add(artefact: Artefact): void {
    this.artefacts.push(artefact);
  }

  /** Its every run makes this one look again at what it made. */
  follow(resource: Resource): void {
    if (resource !== this) this.followed.add(resource);
  }

  override toTerraform(): Record<string, unknown> {
    const { rollout } = this.props.store;
    const isAfter = this.artefacts.some((each) => each.isAfterRollout);
    // What is no longer wanted is undone by then.
    if (rollout && isAfter) this.addDependency(rollout);
    return super.toTerraform();
  }

  protected override triggers() {
    return {
      ...Object.fromEntries(
        this.artefacts.map((artefact) => [
          artefact.name,
          artefact.replacement.toString(),
        ]),
      ),
      ...Object.fromEntries(
        [...this.followed].map((resource) => [
          `after ${resource.node.path.split("/").slice(1).join("/")}`,
          resource.replacement.toString(),
        ]),
      ),
    };
  }

  protected override run() {
    const { artefacts } = this;
    const { store, title, name } = this.props;
    return run(
      this,
      store,
      {
        action: "batch",
        store: store.location,
        stack: TerraformStack.of(this).node.id,
        title,
        batch: name,
        artefacts: artefacts.map(({ request }) => request),
      },
      {
        texts: Object.fromEntries(
          artefacts.map(({ name, spec }) => [name, spec]),
        ),
      },
    );
  }
}
