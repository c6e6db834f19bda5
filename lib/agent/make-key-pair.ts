import type { KeyPairSpec } from "../render/specs";
import { generateKey, privatePem, publicPem } from "./keys";
import { permanentKey } from "./make-authority";
import type { Maker } from "./maker";
import { fromYaml } from "./yaml";

/** The service account pair: the public half follows from the private one. */
export const makeKeyPair: Maker = async (artefact, workshop) => {
  const spec = fromYaml(artefact.spec) as KeyPairSpec;
  const present = permanentKey(
    artefact,
    artefact.path,
    spec.keyAlgorithm,
    workshop,
  );
  const key = present?.key ?? (await generateKey(spec.keyAlgorithm));
  const pair = [present?.pem ?? privatePem(key), publicPem(key)];
  return { contents: pair.slice(0, artefact.files.length) };
};
