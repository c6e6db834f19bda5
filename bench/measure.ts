/** Runs programs, compares how long two actions take, and prints the results as a table. */
import { spawnSync } from "node:child_process";

export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  CHECKPOINT_DISABLE: "1",
};
delete environment.TF_CLI_CONFIG_FILE;

/** The median times of two actions, in milliseconds. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly reference: number;
  readonly limit?: number;
}

/** Prepares an action, and returns how many milliseconds the action takes. */
function time(prepare: () => () => void): number {
  const action = prepare();
  const start = process.hrtime.bigint();
  action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Compares two actions, which run alternately. The first run of each one is not counted.
 *
 * @param limit the largest acceptable ratio
 */
export function compare(
  what: string,
  times: number,
  ours: () => () => void,
  reference: () => () => void,
  limit?: number,
): Row {
  process.stderr.write(`${what} …\n`);
  time(ours);
  time(reference);
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < times; i++) {
    a.push(time(ours));
    b.push(time(reference));
  }
  return { what, ours: median(a), reference: median(b), limit };
}

export function execute(cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: environment,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(" ")}\n${(stdout + stderr).slice(-2000)}`,
    );
}

export function print(table: readonly Row[]): void {
  const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
  const lines = table.map(({ what, ours, reference, limit }) => [
    what,
    milliseconds(ours),
    milliseconds(reference),
    (ours / reference).toFixed(2),
    limit ? `≤ ${limit}` : "",
  ]);
  const all = [
    ["ours : reference", "ours", "reference", "ratio", "aim"],
    ...lines,
  ];
  const widths = all[0].map((_, i) =>
    Math.max(...all.map((line) => line[i].length)),
  );
  for (const [at, line] of all.entries()) {
    console.log(
      `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
    );
    if (at === 0)
      console.log(
        `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
      );
  }
}
