import childProcess from "node:child_process";
import { basename } from "node:path";
import { TERRAFORM } from "./requirements";

/** Node and Terraform, and what npm itself cannot do without. */
const THERE = ["node", basename(TERRAFORM[0].split(" ")[0]), "sh", "mkfifo"];

type Start = (file: string, ...rest: unknown[]) => unknown;
const starts = childProcess as unknown as Record<string, Start>;

/** The quick tests run where nothing else is installed, so they start nothing else: that belongs to the slow ones. */
for (const name of ["spawn", "spawnSync", "execFile", "execFileSync"]) {
  const start = starts[name];
  if ("checked" in start) continue;
  const checked: Start = (file, ...rest) => {
    // A line for the shell.
    const isLine = rest.some((each) => (each as { shell?: boolean })?.shell);
    if (!isLine && !THERE.includes(basename(file)))
      throw new Error(
        `A quick test starts ${file}. Put the test into a file that ends in .slow.test.ts, and the program into slow-setup.ts.`,
      );
    return start(file, ...rest);
  };
  starts[name] = Object.assign(checked, { checked: true });
}
