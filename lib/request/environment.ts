import { gunzipSync, gzipSync } from "node:zlib";

/**
 * A request reaches the agent in its environment variables `REQUEST_0`, `REQUEST_1`, …: as JSON, compressed, in base64,
 * and cut into parts. Linux limits one variable to 128 KiB. All variables and arguments together are limited to 2 MiB on
 * Linux and to 1 MiB on macOS. A thousand workers need 20 KB.
 */
const PREFIX = "REQUEST_";

/** The most characters, all ASCII, in one variable. */
export const PART_LENGTH = 100_000;

/** The most characters in all parts of a request together. The rest of 1 MiB is left for Terraform's own environment. */
export const REQUEST_LENGTH = 960 * 1024;

/** The variable that replaces the parts of a request that is too long. It has the lengths of its texts, by name, as JSON. */
export const TOO_LONG = `${PREFIX}TOO_LONG`;

/**
 * Variables with which an agent starts, so that nothing in the user's environment changes how Node runs it: loaders and
 * inspectors (`--require`, Yarn's, `--inspect`), output for debugging, and what to trust. Node ignores empty ones.
 */
export const CLEAN_NODE: Readonly<Record<string, string>> = {
  NODE_DEBUG: "",
  NODE_EXTRA_CA_CERTS: "",
  NODE_OPTIONS: "",
  NODE_TLS_REJECT_UNAUTHORIZED: "",
};

export const partName = (index: number | string): string => `${PREFIX}${index}`;

/** Whether a variable is part of a request. */
export const isRequestVariable = (name: string): boolean =>
  name === TOO_LONG || /^REQUEST_\d+$/.test(name);

/** The characters that a text needs once it is compressed and encoded. */
export const packedLength = (text: string): number => packed(text).length;

/** The variables for an agent with a request, in the form in which Terraform makes them. */
export function requestVariables(request: unknown): Record<string, string> {
  const text = packed(JSON.stringify(request));
  const parts = Array.from(
    { length: Math.ceil(text.length / PART_LENGTH) },
    (_, i): [string, string] => [
      partName(i),
      text.slice(i * PART_LENGTH, (i + 1) * PART_LENGTH),
    ],
  );
  return { ...CLEAN_NODE, ...Object.fromEntries(parts) };
}

/** The JSON of the request in an environment; `undefined` if there is none. Throws if a part is missing or damaged. */
export function requestIn(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  let text = "";
  for (let i = 0; environment[partName(i)] !== undefined; i++)
    text += environment[partName(i)];
  return text === ""
    ? undefined
    : gunzipSync(Buffer.from(text, "base64")).toString();
}

const packed = (text: string): string => gzipSync(text).toString("base64");
