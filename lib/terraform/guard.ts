import type { Construct } from "constructs";
import type { Artefact } from "./artefact";
import type { Batch } from "./batch";
import { sha256Of, stampPath } from "./artefact";
import { Resource } from "./resource";
import type { Store } from "./store";
import { code, quote } from "./expression";
import { textTemplate } from "./template";

export interface GuardProps {
  readonly store: Store;
  readonly batch: Batch;
  readonly artefact: Artefact;
  /** `the certificate authority of Kubernetes` */
  readonly what: string;
  /**
   * Whether its users may put another one in its place, as a rotation of keys does. Then only its loss fails a plan here;
   * that another one is meant is told to its Anchors.
   * @default false
   */
  readonly exchangeable?: boolean;
}

/**
 * Fails every plan whose store has lost what cannot be made again, also one that would replace it. It is never
 * replaced itself, so that its id, which stands in the paths, is unknown at the first apply only.
 */
export class Guard extends Resource {
  constructor(scope: Construct, id: string, props: GuardProps) {
    super(scope, id, props.store);
    this.lifecycle = {
      ignoreChanges: [this.triggersAttribute],
      postcondition: [condition(props)],
    };
    this.addDependency(props.batch);
  }

  get description() {
    return { kind: "guard" } as const;
  }

  protected override triggers() {
    return this.kindTrigger;
  }
}

function condition({ store, artefact, what, exchangeable }: GuardProps) {
  const known = code`substr(self.id, 0, 0)`;
  const stamp = quote(stampPath(store, artefact.name), known);
  const exist = artefact.files
    .map(({ path }) =>
      code`fileexists(${quote(store.pathOf(path), known)})`.text(),
    )
    .join(" && ");
  const unchanged = code`jsondecode(file(${stamp})).sha256 == ${sha256Of(store, artefact.files, known)}`;
  return {
    // Without its stamp, what is there counts: a store may have been restored by hand.
    condition: (exchangeable
      ? code`${exist}`
      : code`try(${unchanged}, ${exist}, false)`
    ).toString(),
    errorMessage: textTemplate(
      `The state knows ${what}, but ${store.directory} does not hold it as it was made ` +
        `(${artefact.files.map(({ path }) => path).join(", ")}). It cannot be made a second time: nothing that ` +
        "it signed would be trusted any more. Restore the store from its backup, or run Terraform where the store " +
        "is. To give up this cluster and start over, destroy it and delete the store.",
    ),
  };
}
