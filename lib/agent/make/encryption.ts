import { randomBytes } from "node:crypto";
import { ENCRYPTION_KEYS } from "../../catalog/encryption";
import type { EncryptionKeySpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { invalidRequest } from "../../base/errors";
import { fromYaml } from "../../base/yaml";
import { lostEncryptionKey, wrongKeyLength } from "./errors";
import type { Maker } from "./maker";
import { keysIn, resolveReferences } from "./references";

/** Makes an encryption key once: what it encrypted cannot be read with another one. */
export const makeEncryptionKey: Maker = (artefact, context) => {
  const { store } = context;
  const { path, purpose } = artefact;
  const { bytes } = fromYaml(artefact.spec) as EncryptionKeySpec;
  const shown = store.shown(path);
  const present = context.read(path);
  if (present === undefined) {
    if (store.stamp(path)) throw lostEncryptionKey(shown, purpose);
    return { contents: [randomBytes(bytes)] };
  }
  if (present.length !== bytes)
    throw wrongKeyLength(shown, purpose, present.length, bytes);
  return { contents: [present] };
};

/** Makes an EncryptionConfiguration. Of the store, only encryption keys get into it. */
export const makeEncryption: Maker = (artefact, context) => {
  const { references, spec } = artefact;
  const configuration = resolveReferences(
    fromYaml(spec),
    keysIn(references, 0),
    {
      base64(path) {
        if (!path.startsWith(`${ENCRYPTION_KEYS}/`))
          throw invalidRequest(`${path} is not an encryption key`);
        return context.need(path, artefact).toString("base64");
      },
    },
  );
  return { contents: [toYaml(configuration)] };
};
