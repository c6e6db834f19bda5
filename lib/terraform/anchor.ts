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
   * What the change may mean.
   * @default - whoever did it may be able to become an administrator of the cluster
   */
  readonly danger?: string;
  /**
   * Whether a change of the program may change the file: a CA's certificate may be signed again with the same key.
   * @default false
   */
  readonly changesWithSpec?: boolean;
  /**
   * For an artefact that users may exchange, as in a key rotation: all of its anchors, which must be replaced together.
   * @default - the file is never exchanged on purpose
   */
  readonly exchangedWith?: () => readonly Anchor[];
}

/**
 * Keeps the hash of a file in the state from the first apply on, and fails every plan if the store has a different file.
 * The stamps cannot detect that, because they can be exchanged together with the store. A lost file is not its concern,
 * but the {@link Guard}'s.
 */
export class Anchor extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AnchorProps,
  ) {
    super(scope, id, props.artefact.store);
  }

  get file(): ArtefactFile {
    return this.props.file;
  }

  get description() {
    return { kind: "anchor", file: this.file.path } as const;
  }

  override toTerraform(): Record<string, unknown> {
    this.lifecycle = {
      // Without this, every apply would update the hash to whatever is in the store.
      ignoreChanges: [this.triggerReference("sha256")],
      postcondition: [this.condition()],
    };
    return super.toTerraform();
  }

  protected override triggers() {
    const { artefact, file, changesWithSpec } = this.props;
    // Unknown only in plans that may make the file.
    const made = code`substr(${artefact.batch.replacement}, 0, 0)`;
    const hash = code`filesha256(${this.path(made)})`;
    return {
      file: file.path,
      ...(changesWithSpec && { spec: artefact.spec }),
      sha256: code`try(${hash}, "")`.toString(),
    };
  }

  private condition() {
    const {
      artefact,
      file,
      what,
      exchangedWith,
      danger = "Whoever did that may be able to become an administrator of the cluster.",
    } = this.props;
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
        `${directory}/${file.path}, of ${what}, differs from the hash in Terraform's state: it was exchanged or changed ` +
          `after the last apply. ${danger} Restore the ` +
          "store from its backup, and find out who changed it. If you changed it on purpose, or if the backup is older " +
          `than the state, accept the file as it is: delete ${directory}/.stamps/${artefact.name}.json, and run in the folder of this ` +
          `stack, below cdktf.out/stacks by default: terraform apply ${replaced.join(" ")}`,
      ),
    };
  }

  private path(suffix: Expression): Expression {
    const { artefact, file } = this.props;
    return quote(artefact.store.pathOf(file.path), suffix);
  }
}
