// Writes lib/catalog/flags/known-flags.ts from lists of flags, with lines of the form `component flag type`. Each minor
// version has one or more files:
//
//	npx tsx scripts/flags.ts 33=v1.33.txt 33=etcd-3.5.txt 34=v1.34.txt ...
//
// scripts/flags.go prints the flags of Kubernetes. etcd's flags are in etcdmain/config.go and embed/config.go.
import { readFileSync, writeFileSync } from "node:fs";
import { wrap } from "../lib/cli/text";

/** The types whose values are checked. Values of all other types count as text. */
const TYPES: Readonly<Record<string, string>> = {
  bool: ":bool",
  duration: ":duration",
  int: ":int",
  int32: ":int",
  int64: ":int",
  uint: ":int",
  float32: ":float",
  float64: ":float",
};

/** The flags of each component: the type of each flag, and the minor versions that have it. */
const found = new Map<
  string,
  Map<string, { type: string; minors: number[] }>
>();
const minors = new Set<number>();
for (const word of process.argv.slice(2)) {
  const [minor, file] = word.split("=");
  minors.add(Number(minor));
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const [component, flag, type] = line.split(" ");
    const flags = found.get(component) ?? new Map();
    const known = flags.get(flag) ?? { type: TYPES[type] ?? "", minors: [] };
    known.minors.push(Number(minor));
    found.set(component, flags.set(flag, known));
  }
}

const all = [...minors].sort();
const first = all[0];
const last = all.at(-1)!;

/** `profiling:bool`, `pod-infra-container-image<35`, `tls-curve-preferences>=36` */
const lines = [...found].map(([component, flags]) => {
  const words = [...flags]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([flag, { type, minors }]) => {
      const from = Math.min(...minors);
      const until = Math.max(...minors) + 1;
      return `${flag}${type}${from > first ? `>=${from}` : ""}${until <= last ? `<${until}` : ""}`;
    });
  return `  ${/-/.test(component) ? `"${component}"` : component}: \`\n${wrap(words.join(" "), 100).join("\n")}\n\`,`;
});
writeFileSync(
  "lib/catalog/flags/known-flags.ts",
  `import { frozen } from "../frozen";

/**
 * Every flag of each component in Kubernetes 1.${first} to 1.${last}, as the components' own code registers them. It has a type if
 * its values are checked. \`>=36\`: 1.36 added the flag; \`<35\`: 1.35 removed it. Written by scripts/flags.ts.
 */
export const KNOWN_FLAGS = frozen({
${lines.join("\n")}
});
`,
);
