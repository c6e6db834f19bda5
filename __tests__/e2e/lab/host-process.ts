import { type ChildProcess, execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export const alive = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null;

export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

/** The id of systemd: the child of systemd-nspawn, which is the child of the process that holds the namespaces. */
export function initOf(holder: number): number {
  const [init] = childrenOf(holder).flatMap(childrenOf);
  if (!init) throw new Error(`no system runs below process ${holder}`);
  return init;
}

export function ready(holder: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    holder.stdout?.once("data", () => resolve());
    holder.once("close", () => reject(new Error(`${name} cannot be made`)));
  });
}

export function output(
  title: string,
  [file, ...args]: readonly string[],
  input: string | Buffer = "",
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${title}\n${stderr}${stdout}`))
        : resolve(stdout),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
