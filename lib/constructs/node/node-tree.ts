import { posix } from "node:path";
import { Construct } from "constructs";
import type { AuthorityPart } from "../../catalog/authorities";
import { placesOf } from "../../render/references";
import { toYaml } from "../../render/yaml";
import {
  Artefact,
  type ArtefactFile,
  type Precondition,
  sha256Of,
} from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import type { Store } from "../../terraform/store";
import { code } from "../../terraform/expression";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { type FileAccess, MODES } from "../files";

/**
 * The files of one node in the store, at `nodes/<node>/root/` plus the path on the node. All constructs that add files
 * to the node share its tree, and so its batch.
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

  /** The path in the store of a file on the node. A relative path begins at the node's root, too. */
  path(onNode: string): string {
    return posix.join(`nodes/${this.name}/root`, onNode);
  }

  /** Adds a file whose content the plan shows. The name of the node is added to the purpose. */
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
      purpose: `${file.purpose} on ${this.name}`,
      files: [{ path: this.path(file.path), mode: file.mode ?? MODES.private }],
      spec: file.text,
      precondition: file.precondition,
    });
  }

  /** Adds an EncryptionConfiguration, whose keys no plan shows. The name of the node is added to the purpose. */
  encryption(
    scope: Construct,
    id: string,
    file: {
      path: string;
      access: FileAccess;
      configuration: object;
      keys: readonly Artefact[];
    },
  ): Artefact {
    return new Artefact(scope, id, {
      store: this.store,
      batch: this.batch,
      kind: "encryption",
      purpose: `configuration of encryption on ${this.name}`,
      files: [{ path: this.path(file.path), ...file.access }],
      spec: yamlTemplate(file.configuration, toYaml),
      references: placesOf([file.configuration]),
      upstream: file.keys,
    });
  }

  /**
   * Copies the first files of an artefact in the store to the node. The name of the node is added to the purpose. A
   * second call with the same id does nothing.
   */
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
      purpose: `${purpose} on ${this.name}`,
      files: copies,
      // Somebody could exchange a copy together with its stamp, so the hash is compared with the original's as well.
      intactWhile:
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
