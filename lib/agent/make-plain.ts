import type { FileReference } from "../render/specs";
import { toYamlDocuments } from "../render/yaml";
import { invalidRequest } from "./errors";
import { fromYaml, fromYamlDocuments } from "./yaml";
import {
  mayRefer,
  readUserFile,
  resolveReferences,
  type Sources,
} from "./references";
import { sha256 } from "./files";
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
  if (!mayRefer(artefact.spec)) return { contents: [artefact.spec] };
  const sources: Sources = {
    base64: (name) => workshop.need(name, artefact).toString("base64"),
    text: (file) => readUserFile(file, artefact.purpose).toString().trim(),
  };
  const objects = fromYamlDocuments(artefact.spec).map((object) =>
    resolveReferences(object, {
      ...sources,
      checksum: (field) =>
        checksum(
          resolveReferences((object as Record<string, object>)[field], sources),
        ),
    }),
  );
  return { contents: [toYamlDocuments(objects)] };
};

/**
 * Of a ConfigMap's data, as kubeadm takes it to tell whether somebody edited them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/componentconfigs/checksums.go
 */
function checksum(data: unknown): string {
  const values = Object.entries(data as Record<string, string>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
  return `sha256:${sha256(values.join(""))}`;
}
