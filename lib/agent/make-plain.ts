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

/** The first inputs, as many as there are files. */
export const copyFiles: Maker = (artefact, workshop) => {
  const { files, inputs, purpose } = artefact;
  if (inputs.length < files.length) {
    throw invalidRequest(
      `${purpose} has ${files.length} files to copy and ${inputs.length} given`,
    );
  }
  return {
    contents: files.map((_, at) => workshop.need(inputs[at], artefact)),
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
