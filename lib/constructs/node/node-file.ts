import { Construct } from "constructs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { type FileAccess, fileReference, PRIVATE } from "../files";
import type { NodeFile } from "../site/node-props";
import type { NodeTree } from "./node-tree";

/** A file of the user's on a node; `access` is who reads it where the user doesn't say. */
export function addNodeFile(
  scope: Construct,
  tree: NodeTree,
  file: NodeFile,
  access: FileAccess = PRIVATE,
): void {
  const { text, source } = file;
  const [name, ...folders] = `files${file.path}`.split("/").reverse();
  new Artefact(folders.reduceRight(folderIn, scope), name, {
    store: tree.store,
    batch: tree.batch,
    kind: text === undefined ? "file" : "text",
    purpose: `file of yours on ${tree.name}`,
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

/** A construct for each folder, so that a file's address in Terraform reads as its path. */
function folderIn(scope: Construct, name: string): Construct {
  const known = scope.node.tryFindChild(name) as Construct | undefined;
  return known ?? new Construct(scope, name);
}
