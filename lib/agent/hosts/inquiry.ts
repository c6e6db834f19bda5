import { strangeAnswer } from "./errors";
import { unreadableFacts } from "./errors";
import { hasTooManyLines, LIMITS } from "../../base/limits";
import type { Host } from "./host";

export interface Questions {
  /** Begins with inquiry.sh, and prints lines with `fact`. */
  readonly script: string;
  readonly args: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Answers {
  /** A value that was printed under a name; `undefined` where nothing was. */
  text(name: string, index?: number): string | undefined;
  /** The values of each line with a name. */
  all(name: string): readonly (readonly string[])[];
}

/** One round trip. */
export async function inquire(
  host: Host,
  { script, args, timeout }: Questions,
): Promise<Answers> {
  const outcome = await host.run(`${script}fact ended\n`, { args, timeout });
  const lines = parseLines(outcome.stdout.toString());
  if (!lines.has("ended"))
    throw unreadableFacts(host.name, outcome.exitCode, outcome.stderr);
  for (const [name, rows] of lines)
    if (rows.flat().some(hasTooManyLines))
      throw strangeAnswer(host.name, name, `at most ${LIMITS.lines} lines`);
  return {
    text: (name, index = 0) => lines.get(name)?.[0][index],
    all: (name) => lines.get(name) ?? [],
  };
}

/** No question has an answer of more. */
const MOST_VALUES = 8;

/** What a login shell printed before is no fact: its lines have other names. */
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
