import { KUBELET_FLAGS_VARIABLE } from "../catalog/kubelet";

/** A systemd unit: the values of each setting, by section and name. A setting may occur more than once. */
export type SynthesizedUnit = Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
>;

/** The flags of a command, by name. A flag that occurs more than once has a list of values. */
export type Flags = Readonly<Record<string, string | readonly string[]>>;

/** Reads what `unitFile` of lib/render writes. */
export function readUnit(text: string): SynthesizedUnit {
  // Maps, because the names in a file of the user's may be those of an object's own parts.
  const unit = new Map<string, Map<string, string[]>>();
  let section = new Map<string, string[]>();
  for (const line of text.replace(/ *\\\n */g, " ").split("\n")) {
    const [, name] = /^\[(.+)\]$/.exec(line) ?? [];
    const [, setting, value] = /^([^#;=]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      section = unit.get(name) ?? new Map<string, string[]>();
      unit.set(name, section);
    } else if (setting !== undefined)
      section.set(setting, [...(section.get(setting) ?? []), value]);
  }
  return Object.fromEntries(
    [...unit].map(([name, settings]) => [name, Object.fromEntries(settings)]),
  );
}

/** The words of a command in a unit. A word that was quoted may contain anything. */
export const wordsOfUnit = (command: string): string[] =>
  [...command.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)].map(([word]) =>
    word.startsWith('"')
      ? (JSON.parse(word) as string).replace(/([%$])\1/g, "$1")
      : word,
  );

/** The flags in the file with which kubeadm's drop-in starts kubelet; it undoes `fileVariableWord` of lib/render. */
export function wordsOfFlagsFile(text: string): string[] {
  const [, value = ""] =
    new RegExp(`^${KUBELET_FLAGS_VARIABLE}="(.*)"$`, "ms").exec(text) ?? [];
  const once = value.replace(/\\(["\\])/g, "$1");
  return [...once.matchAll(/(?:[^\s\\]|\\[\s\S])+/g)].map(([word]) =>
    word.replace(/\\([\s\S])/g, "$1"),
  );
}

/** The flags among the words of a command: `--v=4` is 4, and `--profiling` is true. */
export function flagsIn(words: readonly string[]): Flags {
  const flags = new Map<string, string[]>();
  for (const word of words) {
    const [, name, value = "true"] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined)
      flags.set(name, [...(flags.get(name) ?? []), value]);
  }
  return Object.fromEntries(
    [...flags].map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  );
}
