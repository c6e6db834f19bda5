import { strangeAnswer } from "./errors";
import { unreadableFacts } from "./errors";
import { hasTooManyLines, LIMITS } from "../../base/limits";
import type { Host } from "./host";

/** Shell functions and the body of a script that asks with them. */
export interface Questions {
  readonly functions: string;
  /** Prints lines with `fact`; reads nothing. */
  readonly main: string;
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

/** What the far side finds its programs with: a `sudo` may know less, and a login shell speak another language. */
export const ENVIRONMENT = `
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH
`;

/**
 * `fact` prints a line: a name, then values in base64, because a file name or what a program says may hold anything.
 * `grep` only makes less to read, where there is one: the far side may have nothing but busybox.
 */
const FUNCTIONS = `
fact() {
  printf '%s' "$1"
  shift
  for value in "$@"; do
    printf ' %s' "$(printf '%s' "$value" | base64 | tr -d '\\n')"
  done
  printf '\\n'
}
only() {
  if command -v grep >/dev/null; then grep "$@"; else cat; fi
}
limited() {
  if command -v timeout >/dev/null; then timeout 10 "$@"; else "$@"; fi
}
`;

/** One round trip. */
export async function inquire(
  host: Host,
  { functions, main, args, timeout }: Questions,
): Promise<Answers> {
  // The shell may read the script itself from where a program would read.
  const script = `${ENVIRONMENT}${FUNCTIONS}${functions}
main() {
${main}
fact ended
}
main "$@" </dev/null
`;
  const outcome = await host.run(script, { args, timeout });
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
