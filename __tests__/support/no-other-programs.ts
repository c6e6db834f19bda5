import childProcess from "node:child_process";
import { basename } from "node:path";
import { TERRAFORM } from "./requirements";

/** Node, Terraform, and the programs that npm itself needs. */
const ALLOWED = ["node", basename(TERRAFORM[0].split(" ")[0]), "sh", "mkfifo"];

type Start = (file: string, ...rest: unknown[]) => unknown;
const starts = childProcess as unknown as Record<string, Start>;

/** The quick tests must run where only these programs are installed, so they may not start others. Slow tests may. */
for (const name of ["spawn", "spawnSync", "execFile", "execFileSync"]) {
  const start = starts[name];
  if ("checked" in start) continue;
  const checked: Start = (file, ...rest) => {
    // With `shell`, the file is a command line for the shell.
    const isLine = rest.some((each) => (each as { shell?: boolean })?.shell);
    if (!isLine && !ALLOWED.includes(basename(file)))
      throw new Error(
        `A quick test starts ${file}. Put the test into a file that ends in .slow.test.ts, and the program into slow-setup.ts.`,
      );
    return start(file, ...rest);
  };
  starts[name] = Object.assign(checked, { checked: true });
}
