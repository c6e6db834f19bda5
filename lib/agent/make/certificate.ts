import { fileNamedAt, valueAt } from "../../render/references";
import type { CertificateSpec, KubeconfigSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { invalidRequest } from "../../base/errors";
import {
  keysBelow,
  keysIn,
  readUserFile,
  resolveReferences,
} from "./references";
import { orUndefined } from "../../base/files";
import { fromYaml } from "../../base/yaml";
import type { Maker, Made } from "./maker";
import { keepOrMakePair } from "./pair";
import { type Pair } from "./pair-types";

export const makeCertificate: Maker = async (artefact, context) => {
  const [certificate, key] = artefact.files.map(({ path }) =>
    context.read(path),
  );
  const pair = await keepOrMakePair(
    artefact,
    fromYaml(artefact.spec) as CertificateSpec,
    { certificate, key },
    context,
  );
  const contents =
    pair.certificate && pair.key ? [pair.certificate, pair.key] : [];
  return { ...resultOf(pair), contents };
};

/** Makes a kubeconfig. Its client certificate exists only in the file itself, so the present one is read from there. */
export const makeKubeconfig: Maker = async (artefact, context) => {
  const { clientCertificate, config } = fromYaml(
    artefact.spec,
  ) as KubeconfigSpec;
  const places = keysBelow(keysIn(artefact.references, 0), "config");
  const file = context.read(artefact.path)?.toString() ?? "";
  const present = orUndefined(() => fromYaml(file));
  const presentOf = (name: string): string | undefined => {
    const keys = places.find((each) => fileNamedAt(config, each) === name);
    const base64 = keys && valueAt(present, keys);
    return typeof base64 === "string"
      ? Buffer.from(base64, "base64").toString()
      : undefined;
  };
  const pair: Pair = clientCertificate
    ? await keepOrMakePair(
        artefact,
        clientCertificate,
        {
          certificate: presentOf("certificate"),
          key: presentOf("key"),
        },
        context,
      )
    : {};
  if (clientCertificate && pair.certificate === undefined)
    return { ...resultOf(pair), contents: [] };

  const own: Readonly<Record<string, Buffer | string | undefined>> = {
    certificate: pair.certificate,
    key: pair.key,
  };
  const complete = resolveReferences(config, places, {
    base64: (name) => {
      const isOwn = Object.hasOwn(own, name);
      const content = isOwn ? own[name] : context.need(name, artefact);
      if (content === undefined)
        throw invalidRequest(`${artefact.purpose} has no ${name} of its own`);
      return Buffer.from(content).toString("base64");
    },
    text: (file) => readUserFile(file, artefact.purpose).toString().trim(),
  });
  return { ...resultOf(pair), contents: [toYaml(complete)] };
};

function resultOf({
  facts,
  extraFiles,
  obsolete,
  pending,
  note,
}: Pair): Omit<Made, "contents"> {
  return { certificate: facts, extraFiles, obsolete, pending, note };
}
