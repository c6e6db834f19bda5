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
   * Whether users may exchange it, as in a key rotation. Then this fails a plan only if the files are missing; its Anchors
   * detect a change that was not intended.
   * @default false
   */
  readonly exchangeable?: boolean;
}

/**
 * Fails every plan if the store has lost an artefact that must never be made twice, even a plan that would replace it. The
 * guard itself is never replaced, so its id, which is part of the paths in the condition, is unknown only at the first
 * apply.
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
    // Without a stamp, the files only have to exist: a store may have been restored by hand.
    condition: (exchangeable
      ? code`${exist}`
      : code`try(${unchanged}, ${exist}, false)`
    ).toString(),
    errorMessage: textTemplate(
      `The state knows ${what}, but in ${store.directory} its files are missing or changed ` +
        `(${artefact.files.map(({ path }) => path).join(", ")}). It cannot be made a second time, because nothing that ` +
        "it signed would be trusted any more. Restore the store from its backup, or run Terraform where the store " +
        "is. To give up this cluster and start over, destroy it and delete the store.",
    ),
  };
}
