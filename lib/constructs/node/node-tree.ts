import { posix } from "node:path";
import { Construct } from "constructs";
import type { AuthorityPart } from "../../catalog/authorities";
import {
  Artefact,
  type ArtefactFile,
  type Precondition,
  sha256Of,
} from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import type { Store } from "../../terraform/store";
import { code } from "../../terraform/expression";
import { textTemplate } from "../../terraform/template";
import { MODES } from "../files";

/**
 * The files of one node in the store, `nodes/<node>/root/` and the path there. Whatever constructs put files on the
 * node, they share its tree and so its batch.
 */
export class NodeTree extends Construct {
  static of(store: Store, node: string): NodeTree {
    const trees =
      (store.node.tryFindChild("nodes") as Construct | undefined) ??
      new Construct(store, "nodes");
    return (
      (trees.node.tryFindChild(node) as NodeTree | undefined) ??
      new NodeTree(trees, node, store)
    );
  }

  readonly batch: Batch;

  private constructor(
    scope: Construct,
    readonly name: string,
    readonly store: Store,
  ) {
    super(scope, name);
    this.batch = new Batch(this, "batch", {
      store,
      name: `nodes/${name}`,
      title: name,
    });
  }

  /** Where a file of the node is in the store; a relative path is below the node's root as well. */
  path(onNode: string): string {
    return posix.join(`nodes/${this.name}/root`, onNode);
  }

  /** A file whose content the plan shows. */
  text(
    scope: Construct,
    id: string,
    file: {
      path: string;
      text: string;
      purpose: string;
      mode?: string;
      precondition?: Precondition;
    },
  ): Artefact {
    return new Artefact(scope, id, {
      store: this.store,
      batch: this.batch,
      kind: "text",
      purpose: file.purpose,
      files: [{ path: this.path(file.path), mode: file.mode ?? MODES.private }],
      spec: file.text,
      precondition: file.precondition,
    });
  }

  /** Files of the store that the node has too, the first of the original's; the same ones are copied once. */
  copy(
    original: Artefact,
    id: string,
    files: readonly ArtefactFile[],
    purpose: string,
    part: AuthorityPart | "copy" = "copy",
  ): void {
    if (this.node.tryFindChild(id)) return;
    const copies = files.map((file) => ({
      ...file,
      path: this.path(file.path),
    }));
    new Artefact(this, id, {
      store: this.store,
      batch: this.batch,
      kind: "copy",
      purpose,
      files: copies,
      // A copy can be exchanged together with its stamp, which lies beside it.
      while:
        part === "copy"
          ? code`${sha256Of(this.store, copies)} == ${original.sha256WhenMade(copies.length)}`
          : undefined,
      spec: textTemplate(
        original.files
          .slice(0, files.length)
          .map(({ path }) => `${part} of ${path}`)
          .join("\n"),
      ),
      upstream: [original],
    });
  }
}
