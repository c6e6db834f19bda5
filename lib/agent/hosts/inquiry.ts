import { unexpectedAnswer, failedInquiry } from "./errors";
import { hasTooManyLines, LIMITS } from "../../base/limits";
import type { Host } from "./host";

export interface Questions {
  /** A script that includes inquiry.sh and prints lines with its function `fact`. */
  readonly script: string;
  readonly args: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Answers {
  /** A value of the first line with a name; `undefined` if there is none. */
  text(name: string, index?: number): string | undefined;
  /** The values of each line with a name. */
  all(name: string): readonly (readonly string[])[];
}

/** Runs a script that reports facts about a host, in one round trip. */
export async function inquire(
  host: Host,
  { script, args, timeout }: Questions,
): Promise<Answers> {
  const outcome = await host.run(`${script}fact ended\n`, { args, timeout });
  const lines = parseLines(outcome.stdout.toString());
  if (!lines.has("ended"))
    throw failedInquiry(host.name, outcome.exitCode, outcome.stderr);
  for (const [name, rows] of lines)
    if (rows.flat().some(hasTooManyLines))
      throw unexpectedAnswer(host.name, name, `at most ${LIMITS.lines} lines`);
  return {
    text: (name, index = 0) => lines.get(name)?.[0][index],
    all: (name) => lines.get(name) ?? [],
  };
}

/** No line of a script has more values. */
const MOST_VALUES = 8;

/** A login shell may have printed other lines before. They do no harm, because they have other names. */
function parseLines(output: string): Map<string, string[][]> {
  const lines = new Map<string, string[][]>();
  for (const line of output.split("\n")) {
    const [name, ...values] = line.split(" ", 1 + MOST_VALUES);
    const decoded = values.map((value) =>
      Buffer.from(value, "base64").toString(),
    );
    const known = lines.get(name);
    if (known) known.push(decoded);
    else lines.set(name, [decoded]);
  }
  return lines;
}
