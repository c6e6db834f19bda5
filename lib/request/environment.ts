import { gunzipSync, gzipSync } from "node:zlib";

/**
 * How a request reaches the agent: as JSON, compressed, in base64, cut into parts, in the variables `REQUEST_0`,
 * `REQUEST_1`, … of its environment. Linux limits one variable to 128 KiB. All variables and arguments together are
 * limited to 2 MiB on Linux and to 1 MiB on macOS. Compressed, a thousand workers are 20 KB.
 */
const PREFIX = "REQUEST_";

/** Characters of one variable, all of ASCII. */
export const PART_LENGTH = 100_000;

/** Characters of all parts of a request together. What is left of 1 MiB is for the environment that Terraform was given. */
export const REQUEST_LENGTH = 960 * 1024;

/** In place of the parts of a request that is too long: the lengths of its texts by their names, as JSON. */
export const TOO_LONG = `${PREFIX}TOO_LONG`;

export const partName = (index: number | string): string => `${PREFIX}${index}`;

/** Whether a variable is one of these. */
export const isRequestVariable = (name: string): boolean =>
  name === TOO_LONG || /^REQUEST_\d+$/.test(name);

/** What a text makes of `REQUEST_LENGTH`. */
export const packedLength = (text: string): number => packed(text).length;

/** The variables for a request, as Terraform makes them. */
export function requestVariables(request: unknown): Record<string, string> {
  const text = packed(JSON.stringify(request));
  return Object.fromEntries(
    Array.from({ length: Math.ceil(text.length / PART_LENGTH) }, (_, i) => [
      partName(i),
      text.slice(i * PART_LENGTH, (i + 1) * PART_LENGTH),
    ]),
  );
}

/** The JSON of a request; absent where there is none. Throws where a part is missing or damaged. */
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
