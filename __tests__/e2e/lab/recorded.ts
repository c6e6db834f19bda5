import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Deployment, Ran } from "./deployment";

/** What a command wrote to a terminal. */
export interface Recorded extends Ran {
  /** As asciinema records it: https://docs.asciinema.org/manual/asciicast/v2/ */
  readonly cast: string;
}

/** Runs a command in a terminal with so many columns, and records what it shows and when. */
export async function record(
  deployment: Deployment,
  columns: number,
  command: string,
): Promise<Recorded> {
  const output = join(deployment.directory, "recording");
  const timing = `${output}.timing`;
  const ran = await deployment.try(
    "script",
    "--quiet",
    "--return",
    "--flush",
    "--log-out",
    output,
    "--log-timing",
    timing,
    "--command",
    `stty cols ${columns} rows 50 && ${command}`,
  );
  return { ...ran, cast: castOf(readFileSync(output), timing, columns) };
}

/** `script` writes a line of its own before and after the output, and for each piece of it its delay and its size. */
function castOf(log: Buffer, timing: string, columns: number): string {
  let at = log.indexOf("\n") + 1;
  let seconds = 0;
  // A piece may end within a character.
  const decoder = new StringDecoder();
  const lines = readFileSync(timing, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [delay, size] = line.split(" ").map(Number);
      seconds += delay;
      const text = decoder.write(log.subarray(at, (at += size)));
      return JSON.stringify([Math.round(seconds * 1000) / 1000, "o", text]);
    });
  const head = JSON.stringify({ version: 2, width: columns, height: 50 });
  return [head, ...lines, ""].join("\n");
}
