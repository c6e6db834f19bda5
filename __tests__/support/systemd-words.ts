import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The variables and the words that systemd's own code reads from an environment file and from `$name` in a command. */
export function systemdWords(
  text: string,
  name: string,
): { readonly variables: string[]; readonly words: string[] } {
  const directory = mkdtempSync(join(tmpdir(), "environment-"));
  try {
    const file = join(directory, "file.env");
    writeFileSync(file, text);
    const script = join(__dirname, "systemd-words.py");
    const args = [script, file, name];
    return JSON.parse(execFileSync("python3", args, { encoding: "utf8" }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Values with characters that are special to systemd, to a shell, to Terraform or to C. */
export const SPECIAL_VALUES: readonly string[] = [
  'a"b',
  "a'b",
  "it's \"quoted\" 'here'",
  '"\nLD_PRELOAD=/tmp/evil.so\nX="',
  '"\n--kubeconfig=/tmp/evil\n"',
  "a b",
  " leading and trailing ",
  "tab\there",
  "two\nlines\n",
  "\\",
  "\\\\",
  "a\\nb",
  'a\\"b',
  "ends with \\",
  'ends with "',
  "ends with '",
  "$HOME ${HOME} $$ $(cmd) `cmd`",
  "%n %% %{ if true }",
  "# ; & | < > * ? ! ~",
  "ünïcödé 🔑 \u00a0\u2028",
  "",
  "plain=value,other:1/2",
];
