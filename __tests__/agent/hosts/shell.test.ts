import { execFileSync, spawnSync } from "node:child_process";
import {
  commandLine,
  readOutput,
  scriptCommand,
} from "../../../lib/agent/hosts/shell";
import { HOSTILE } from "../../support/hostile-words";

test("a shell reads any quoted text as one word", () => {
  const line = `printf '%s\\0' ${commandLine(HOSTILE)}`;
  const printed = execFileSync("sh", ["-c", line], { encoding: "utf8" });
  expect(printed.split("\0").slice(0, -1)).toEqual(HOSTILE);
});

test("a script gets its arguments unchanged, even through another shell", () => {
  const line = commandLine(scriptCommand(`printf '%s\\0' "$@"`, HOSTILE));
  const stdout = execFileSync("sh", ["-c", `echo Hello; ${line}`]);
  const own = readOutput({ stdout, stderr: "" }).stdout.toString();
  expect(own.split("\0").slice(0, -1)).toEqual(HOSTILE);
});

test("an exit code of 255 is recognised as the script's own", () => {
  const run = (script: string): ReturnType<typeof readOutput> => {
    const [sh, ...args] = scriptCommand(`echo no >&2; ${script}`, []);
    const { stdout, stderr } = spawnSync(sh, args);
    return readOutput({ stdout, stderr: stderr.toString() });
  };
  expect(run("exit 255")).toMatchObject({ stderr: "no\n", own255: true });
  expect(run("exit 254")).toMatchObject({ stderr: "no\n", own255: false });
});
