import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import { ControlPlane, InputError } from "../../lib";
import { KUBEADM_CASES } from "../support/kubeadm";
import { SETTINGS } from "./support/settings";
import { TEXTS } from "./support/values";

const FILES = KUBEADM_CASES.map(({ config }) => config);

/** Ways in which a file is damaged, or written by somebody who knows YAML too well. */
type Damage = (text: string, at: number, word: string) => string;

const lineAt = (text: string, at: number) => {
  const lines = text.split("\n");
  return { lines, index: at % lines.length };
};

const onLine =
  (change: (line: string, word: string) => string): Damage =>
  (text, at, word) => {
    const { lines, index } = lineAt(text, at);
    lines[index] = change(lines[index], word);
    return lines.join("\n");
  };

const DAMAGES: readonly Damage[] = [
  onLine(() => ""),
  onLine((line) => `${line}\n${line}`),
  onLine((line) => `  ${line}`),
  onLine((line) => line.replace(/^ +/, "")),
  onLine((line) => line.replace(/^ +/, (blanks) => "\t".repeat(blanks.length))),
  onLine((line, word) => line.replace(/: .*$/, () => `: ${word}`)),
  onLine((line, word) =>
    line.replace(/: .*$/, () => `: ${JSON.stringify(word)}`),
  ),
  onLine((line) => line.replace(/: .*$/, ": &a [*a]")),
  onLine((line) => line.replace(/: .*$/, ": *missing")),
  onLine((line) => line.replace(/: .*$/, ": !!binary AAAA")),
  onLine((line) => line.replace(/: .*$/, ": 2030-01-31")),
  onLine((line) => line.replace(/^( *)(\w+):/, "$1? $2\n$1:")),
  onLine((line, word) =>
    line.replace(
      /^( *)\w+:/,
      (_, blanks) => `${String(blanks)}${JSON.stringify(word)}:`,
    ),
  ),
  onLine((line) => line.toUpperCase()),
  onLine((line) => `${line} # ${"x".repeat(1000)}`),
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replaceAll("\n", "\r"),
  (text) => `${text}\n---\n${text}`,
  (text) => `---\n---\n${text}\n...\n`,
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at, word) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + word + text.slice(place);
  },
  (text, at) => `${text}\nx: ${"[".repeat(at % 5000)}\n`,
  (text) => `${text}\na: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n`,
  (text) => JSON.stringify({ text }),
  (text, at) => `${text}\nx: ${"{a: ".repeat(at % 5000)}\n`,
  (text, at) =>
    `${text}\nx:\n${Array.from({ length: at % 1000 }, (_, depth) => `${" ".repeat(depth + 1)}a:\n`).join("")}`,
  (text) =>
    `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`).join("")}${text}`,
  (text) => text.replaceAll(/^kind: .*$/gm, "$&\n<<: {a: b}\n<<: *kind"),
  (text) => `%YAML 1.1\n%TAG ! tag:x,2000:\n---\n${text}`,
  (text) => Buffer.from(text, "utf16le").toString("latin1"),
  (text) => text.replaceAll(": ", ":\t"),
  (text) => `# ${"x".repeat(100_000)}\n${text}`,
  (text, at) => text + "---\n".repeat(at % 5000),
  onLine((line) => line.replace(/: .*$/, ": !!js/function 'x'")),
  onLine((line) => line.replace(/: .*$/, ": !<tag:yaml.org,2002:merge> {}")),
  onLine((line) => line.replace(/: .*$/, ": >-\n  a")),
  onLine((line) => line.replace(/: .*$/, `: ${"9".repeat(400)}`)),
];

test("any damaged kubeadm file makes a control plane or an error that says what to do", () => {
  const damage = fc.tuple(
    fc.constantFrom(...DAMAGES),
    fc.nat(),
    fc.constantFrom(...TEXTS),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...FILES),
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      (file, damages) => {
        const config = damages.reduce(
          (text, [change, at, word]) => change(text, at, word),
          file,
        );
        const stack = new TerraformStack(Testing.app(), "stack");
        try {
          ControlPlane.fromKubeadmConfig(stack, "it", { config });
          Testing.synth(stack);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/\. .*[.?]$/s);
        }
      },
    ),
    SETTINGS,
  );
});
