import { execFileSync } from "node:child_process";
import { completionScript } from "../../lib/cli/commands/completion";
import { Project } from "./support/project";

const project = new Project("");
afterAll(() => project.end());

const run = (shell: string, script: string, ...words: string[]) =>
  execFileSync(shell, ["-c", script, shell, ...words], {
    cwd: project.directory,
    encoding: "utf8",
  }).trim();

test.each([
  [["de"], "deploy\ndestroy"],
  [["plan", "--o"], "--out"],
  [["diff", "--o"], "--out"],
  [["deploy", "--"], "--confirm\n--allow-destroy\n--json\n--quiet\n--help"],
  [["deploy", "main"], "main.ts"],
  [["etcd", "de"], "defrag"],
  [["etcd", "defrag", "--a"], "--all"],
])("bash completes commands, options and files: %j", (words, completed) => {
  const script = `${completionScript("bash")}
COMP_WORDS=(control-plane "$@"); COMP_CWORD=$#
_cdktf_control_plane; printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(run("bash", script, ...words)).toBe(completed);
});

test("zsh loads the script, and completes with the same function", () => {
  const script = `autoload -U compinit && compinit -u -d ${project.path("dump")}
${completionScript("zsh")}
print -- "\${_comps[control-plane]}"`;
  expect(run("zsh", script)).toContain("_cdktf_control_plane");
});

test.each([
  ["control-plane de", ["deploy", "destroy"]],
  ["cdktf-control-plane plan --o", ["--out"]],
  ["control-plane etcd de", ["defrag"]],
])("fish completes commands and options: %s", (line, completed) => {
  const script = `${completionScript("fish")}
complete -C ${JSON.stringify(line)}`;
  const names = run("fish", script)
    .split("\n")
    .map((each) => each.split("\t")[0]);
  expect(names).toEqual(expect.arrayContaining(completed));
});
