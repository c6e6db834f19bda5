import type { FileReference } from "../render/specs";
import { toYamlDocuments } from "../render/yaml";
import type { Artefact } from "./artefacts";
import { invalidRequest, secretInObject } from "./errors";
import { fromYaml, fromYamlDocuments } from "./yaml";
import {
  keysBelow,
  keysIn,
  readUserFile,
  resolveReferences,
  type Sources,
} from "./references";
import { sha256 } from "./files";
import type { Maker, Workshop } from "./maker";

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
  const { references, spec } = artefact;
  // The text of who refers to nothing is the content, to the byte.
  if (!references?.length) return { contents: [spec] };
  const sources: Sources = {
    base64: (name) => publicContent(name, artefact, workshop),
  };
  const objects = fromYamlDocuments(spec).map((object, document) => {
    const places = keysIn(references, document);
    return resolveReferences(object, places, {
      ...sources,
      checksum: (field) =>
        checksum(
          resolveReferences(
            (object as Record<string, object>)[field],
            keysBelow(places, field),
            sources,
          ),
        ),
    });
  });
  return { contents: [toYamlDocuments(objects)] };
};

/** What a PEM file may hold that everybody in a cluster may read. */
const PUBLIC = ["CERTIFICATE", "PUBLIC KEY"];

/** Objects are read by many, so that nothing but certificates and public keys gets into one, whoever asks for it. */
function publicContent(
  path: string,
  artefact: Artefact,
  workshop: Workshop,
): string {
  const content = workshop.need(path, artefact);
  const labels = [...content.toString().matchAll(/-----BEGIN ([^-]*)-----/g)];
  if (
    labels.length === 0 ||
    !labels.every(([, label]) => PUBLIC.includes(label))
  )
    throw secretInObject(workshop.store.shown(path), artefact.purpose);
  return content.toString("base64");
}

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
