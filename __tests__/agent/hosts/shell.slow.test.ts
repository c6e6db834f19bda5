import { execFileSync } from "node:child_process";
import { commandLine } from "../../../lib/agent/hosts/shell";
import { HOSTILE } from "../../support/hostile-words";

test.each(["bash", "busybox sh"])(
  "%s reads any quoted text as one word",
  (shell) => {
    const [program, ...args] = shell.split(" ");
    const line = `printf '%s\\0' ${commandLine(HOSTILE)}`;
    const printed = execFileSync(program, [...args, "-c", line], {
      encoding: "utf8",
    });
    expect(printed.split("\0").slice(0, -1)).toEqual(HOSTILE);
  },
);
