import { Construct } from "constructs";
import type { Artefact } from "./artefact";
import type { Batch } from "./batch";
import { sha256Of, stampPath } from "./artefact";
import { Resource } from "./resource";
import type { Store } from "./store";
import { quote, textTemplate } from "./template";

/**
 * Fails every plan whose store has lost what cannot be made again, also one that would replace it. It is never
 * replaced itself, so that its id, which stands in the paths, is unknown at the first apply only.
 */
export class Guard extends Construct {
  readonly resource: Resource;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly store: Store;
      readonly batch: Batch;
      readonly artefact: Artefact;
      /** `the certificate authority "ca"` */
      readonly what: string;
    },
  ) {
    super(scope, id);
    const { store, artefact } = props;
    const known = "${substr(self.id, 0, 0)}";
    const stamp = `jsondecode(file(${quote(stampPath(store, artefact.name)).slice(0, -1)}${known}"))`;
    const exist = artefact.files
      .map(
        ({ path }) =>
          `fileexists(${quote(store.pathOf(path)).slice(0, -1)}${known}")`,
      )
      .join(" && ");
    this.resource = new Resource(this, "Resource", {
      provider: store.provider,
      postcondition: {
        // Without its stamp, what is there counts: a store may have been restored by hand.
        condition: `\${try(${stamp}.sha256 == ${sha256Of(store, artefact.files, known)}, ${exist})}`,
        errorMessage: textTemplate(
          `The state knows ${props.what}, but ${store.directory} does not hold it as it was made ` +
            `(${artefact.files.map(({ path }) => path).join(", ")}). It cannot be made a second time: nothing that ` +
            "it signed would be trusted any more. Restore the store from its backup, or run Terraform where the store " +
            "is. To give up this cluster and start over, destroy it and delete the store.",
        ),
      },
    });
    this.resource.addDependency(props.batch.resource);
  }
}
