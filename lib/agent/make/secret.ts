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
  const word = wordIn(present, prefix);
  return {
    contents: [
      present !== undefined && word?.length === letters
        ? present
        : `${prefix}${randomWord(letters)}\n`,
    ],
  };
};

function wordIn(text: string | undefined, prefix: string): string | undefined {
  return text?.startsWith(prefix)
    ? /^([A-Za-z0-9]+)\n$/.exec(text.slice(prefix.length))?.[1]
    : undefined;
}

const randomWord = (letters: number): string =>
  Array.from(
    { length: letters },
    () => ALPHABET[randomInt(ALPHABET.length)],
  ).join("");
