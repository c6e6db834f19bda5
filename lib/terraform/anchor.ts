import type { Construct } from "constructs";
import type { Artefact, ArtefactFile } from "./artefact";
import { Resource } from "./resource";
import { code, type Expression, quote } from "./expression";
import { textTemplate } from "./template";

export interface AnchorProps {
  readonly artefact: Artefact;
  readonly file: ArtefactFile;
  /** `the certificate authority of Kubernetes` */
  readonly what: string;
  /**
   * Whether a change of the program may change the file: a certificate is signed anew with the same key.
   * @default false
   */
  readonly changesWithSpec?: boolean;
  /**
   * Of what its users may exchange, as a rotation of keys does: all anchors of the artefact, to be told of it together.
   * @default - nobody exchanges it but by mistake, or to do harm
   */
  readonly exchangedWith?: () => readonly Anchor[];
}

/**
 * Keeps the hash of a file in the state from the first apply on, and fails every plan over a store that holds another
 * one: a store can be exchanged together with its stamps, the state cannot be exchanged with it. That the file is lost is
 * the {@link Guard}'s business.
 */
export class Anchor extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AnchorProps,
  ) {
    super(scope, id, props.artefact.store);
  }

  get description() {
    return { kind: "anchor", file: this.props.file.path } as const;
  }

  override toTerraform(): Record<string, unknown> {
    this.lifecycle = {
      // What the state knows is what counts; without this the hash would follow whatever is in the store.
      ignoreChanges: [this.triggerReference("sha256")],
      postcondition: [this.condition()],
    };
    return super.toTerraform();
  }

  protected override triggers() {
    const { artefact, file, changesWithSpec } = this.props;
    // Unknown exactly while the file may be made.
    const made = code`substr(${artefact.batch.replacement}, 0, 0)`;
    const hash = code`filesha256(${this.path(made)})`;
    return {
      file: file.path,
      ...(changesWithSpec && { spec: artefact.spec }),
      sha256: code`try(${hash}, "")`.toString(),
    };
  }

  private condition() {
    const { artefact, file, what, exchangedWith } = this.props;
    const { directory } = artefact.store;
    const replaced = (exchangedWith?.() ?? [this]).map(
      ({ address }) => `-replace=${address}`,
    );
    const path = this.path(code`substr(self.id, 0, 0)`);
    const known = code`self.${this.triggersAttribute}["sha256"]`;
    return {
      condition:
        code`try(fileexists(${path}) ? filesha256(${path}) == ${known} : true, false)`.toString(),
      errorMessage: textTemplate(
        `${directory}/${file.path}, of ${what}, is not the file that the state knows: it was exchanged or altered ` +
          "after the last apply. Whoever did that may be able to become an administrator of the cluster. Restore the " +
          "store from its backup, and find out who changed it. If you changed it on purpose, or the backup is older " +
          `than the state, take what is there now as it is: delete ${directory}/.stamps/${artefact.name}.json, and run ` +
          `terraform apply ${replaced.join(" ")}`,
      ),
    };
  }

  private path(suffix: Expression): Expression {
    const { artefact, file } = this.props;
    return quote(artefact.store.pathOf(file.path), suffix);
  }
}
