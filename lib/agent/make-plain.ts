import type { FileReference } from "../render/specs";
import { toYamlDocuments } from "../render/yaml";
import { invalidRequest } from "./errors";
import { fromYaml, fromYamlDocuments } from "./yaml";
import { readUserFile, resolveReferences } from "./references";
import type { Maker } from "./maker";

export const writeText: Maker = ({ spec }) => ({ contents: [spec] });

export const bringFile: Maker = ({ spec, purpose }) => ({
  contents: [readUserFile(fromYaml(spec) as FileReference, purpose)],
});

export const copyFiles: Maker = (artefact, workshop) => {
  if (artefact.inputs.length !== artefact.files.length) {
    throw invalidRequest(
      `${artefact.purpose} copies ${artefact.inputs.length} to ${artefact.files.length} files`,
    );
  }
  return {
    contents: artefact.inputs.map((path) => workshop.need(path, artefact)),
  };
};

export const assembleObjects: Maker = (artefact, workshop) => {
  const objects = fromYamlDocuments(artefact.spec).map((object) =>
    resolveReferences(object, {
      base64: (name) => workshop.need(name, artefact).toString("base64"),
      text: (file) => readUserFile(file, artefact.purpose).toString().trim(),
    }),
  );
  return { contents: [toYamlDocuments(objects)] };
};
