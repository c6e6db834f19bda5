import type { FileReference } from "../../render/specs";
import { toYamlDocuments } from "../../render/yaml";
import type { ParsedArtefact } from "../../store/artefacts";
import { invalidRequest } from "../../base/errors";
import { secretInObject } from "./errors";
import { fromYaml, fromYamlDocuments } from "../../base/yaml";
import {
  keysBelow,
  keysIn,
  readUserFile,
  resolveReferences,
  type Sources,
} from "./references";
import { readAuthority } from "./authority-files";
import { bundlePem } from "../../pki/certificates";
import { sha256 } from "../../base/files";
import type { Maker, BuildContext } from "./maker";

export const writeText: Maker = ({ spec }) => ({ contents: [spec] });

export const copyUserFile: Maker = ({ spec, purpose }) => ({
  contents: [readUserFile(fromYaml(spec) as FileReference, purpose)],
});

/**
 * The ways in which a file on a node is made from a file of the store: all of it, or some of the certificates of a CA.
 */
const PARTS: Readonly<
  Record<
    string,
    (path: string, artefact: ParsedArtefact, at: BuildContext) => Buffer
  >
> = {
  "copy of": (path, artefact, context) => context.need(path, artefact),
  "issuer of": (path, artefact, context) =>
    Buffer.from(
      bundlePem(readAuthority(path, artefact, context).chain.slice(0, 1)),
    ),
  "chain of": (path, artefact, context) =>
    Buffer.from(bundlePem(readAuthority(path, artefact, context).chain)),
};

/** Each line of the spec says from what one of the files is made. */
export const copyFiles: Maker = (artefact, context) => {
  const { files, inputs, purpose, spec } = artefact;
  const lines = spec.split("\n");
  if (inputs.length < files.length || lines.length !== files.length) {
    throw invalidRequest(
      `${purpose} has ${files.length} files to copy, but ${Math.min(inputs.length, lines.length)} sources`,
    );
  }
  return {
    contents: lines.map((line) => {
      const [, part, path] = /^(\w+ of) (.+)$/.exec(line) ?? [];
      const read = PARTS[part];
      if (read === undefined || !inputs.includes(path))
        throw invalidRequest(`${purpose} cannot be made as ${line}`);
      return read(path, artefact, context);
    }),
  };
};

export const assembleObjects: Maker = (artefact, context) => {
  const { references, spec } = artefact;
  // A text without references is the content, byte for byte.
  if (!references?.length) return { contents: [spec] };
  const sources: Sources = {
    base64: (name) => publicContent(name, artefact, context),
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

/** The labels of PEM blocks that everybody in a cluster may read. */
const PUBLIC_LABELS = ["CERTIFICATE", "PUBLIC KEY"];

/** Many can read cluster objects, so only certificates and public keys are put into one, whatever the request says. */
function publicContent(
  path: string,
  artefact: ParsedArtefact,
  context: BuildContext,
): string {
  const content = context.need(path, artefact);
  const labels = [...content.toString().matchAll(/-----BEGIN ([^-]*)-----/g)];
  if (
    labels.length === 0 ||
    !labels.every(([, label]) => PUBLIC_LABELS.includes(label))
  )
    throw secretInObject(context.store.shown(path), artefact.purpose);
  return content.toString("base64");
}

/**
 * The checksum of a ConfigMap's data by which kubeadm tells whether somebody edited them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/componentconfigs/checksums.go
 */
function checksum(data: unknown): string {
  const values = Object.entries(data as Record<string, string>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
  return `sha256:${sha256(values.join(""))}`;
}
