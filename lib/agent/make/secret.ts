import { randomInt } from "node:crypto";
import type { SecretSpec } from "../../render/specs";
import type { Maker } from "./maker";
import { fromYaml } from "../../base/yaml";

const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Makes a secret once: a new one would separate nodes that have it from nodes that do not have it yet. */
export const makeSecret: Maker = ({ path, spec }, context) => {
  const { letters, prefix } = fromYaml(spec) as SecretSpec;
  const present = context.read(path)?.toString();
  const word = new RegExp(`^[A-Za-z0-9]{${letters}}\n$`);
  if (present?.startsWith(prefix) && word.test(present.slice(prefix.length)))
    return { contents: [present] };
  const fresh = Array.from(
    { length: letters },
    () => ALPHABET[randomInt(ALPHABET.length)],
  );
  return { contents: [`${prefix}${fresh.join("")}\n`] };
};
