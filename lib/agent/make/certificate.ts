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
import type { Maker, Pair } from "./maker";
import { keepOrMakePair } from "./pair";

export const makeCertificate: Maker = async (artefact, context) => {
  const [certificate, key] = artefact.files.map(({ path }) =>
    context.read(path),
  );
  const { text, ...made } = await keepOrMakePair(
    artefact,
    fromYaml(artefact.spec) as CertificateSpec,
    { certificate, key },
    context,
  );
  const contents =
    text.certificate && text.key ? [text.certificate, text.key] : [];
  return { ...made, contents };
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
  const { text: own, ...made }: Pair = clientCertificate
    ? await keepOrMakePair(
        artefact,
        clientCertificate,
        {
          certificate: presentOf("certificate"),
          key: presentOf("key"),
        },
        context,
      )
    : { text: {} };
  if (clientCertificate && own.certificate === undefined)
    return { ...made, contents: [] };

  const complete = resolveReferences(config, places, {
    base64: (name) => {
      const isOwn = name === "certificate" || name === "key";
      const content = isOwn ? own[name] : context.need(name, artefact);
      if (content === undefined)
        throw invalidRequest(`${artefact.purpose} has no ${name} of its own`);
      return Buffer.from(content).toString("base64");
    },
    text: (file) => readUserFile(file, artefact.purpose).toString().trim(),
  });
  return { ...made, contents: [toYaml(complete)] };
};
