import { Construct } from "constructs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { type FileAccess, fileReference, PRIVATE } from "../files";
import type { NodeFile } from "../site/node-props";
import type { NodeTree } from "./node-tree";

/** Adds a file of the user's, or of one of their props, to a node. `access` is the default for mode and owner. */
export function addNodeFile(
  scope: Construct,
  tree: NodeTree,
  file: NodeFile,
  access: FileAccess = PRIVATE,
  purpose = "file of yours",
): void {
  const { text, source } = file;
  const [name, ...folders] = `files${file.path}`.split("/").reverse();
  new Artefact(folders.reduceRight(folderIn, scope), name, {
    store: tree.store,
    batch: tree.batch,
    kind: text === undefined ? "file" : "text",
    purpose: `${purpose} on ${tree.name}`,
    files: [
      {
        path: tree.path(file.path),
        mode: file.mode ?? access.mode,
        owner: file.owner ?? access.owner,
      },
    ],
    spec:
      text === undefined
        ? yamlTemplate(fileReference(scope, source ?? ""), toYaml)
        : textTemplate(text),
  });
}

/** Returns a construct for a folder, so that a file's address in Terraform reads like its path. */
function folderIn(scope: Construct, name: string): Construct {
  const known = scope.node.tryFindChild(name) as Construct | undefined;
  return known ?? new Construct(scope, name);
}
