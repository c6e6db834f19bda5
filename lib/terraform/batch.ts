import type { Construct } from "constructs";
import { run } from "./agent";
import type { Artefact } from "./artefact";
import { Resource } from "./resource";
import type { Store } from "./store";

export interface BatchProps {
  readonly store: Store;
  /** Its name in the store, for example a node's name. */
  readonly name: string;
  /** Its name in the lines of progress. */
  readonly title: string;
  /**
   * Whether its files are removed on destroy. Those of a CA's batch are not, because it may run before the machines for
   * which {@link Teardown} waits.
   * @default true
   */
  readonly tornDown?: boolean;
  /**
   * Resources that come before it. Whenever one of them runs, this batch runs again and checks its files.
   * @default - only the batches of artefacts from which its own artefacts are made
   */
  readonly after?: readonly Resource[];
}

/** Makes the files of its artefacts in one process, however many there are. */
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
    props.store.batches.push(this);
    for (const resource of props.after ?? []) this.follow(resource);
    if (props.tornDown ?? true) this.addDependency(props.store.teardown);
  }

  get description() {
    return { kind: "batch", title: this.props.title } as const;
  }

  add(artefact: Artefact): void {
    this.artefacts.push(artefact);
  }

  /** Makes this batch run again whenever the other resource runs. */
  follow(resource: Resource): void {
    if (resource !== this) this.followed.add(resource);
  }

  override toTerraform(): Record<string, unknown> {
    const { rollout } = this.props.store;
    const isAfter = this.artefacts.some((each) => each.isAfterRollout);
    // The rollout first removes artefacts that are no longer wanted.
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
