// Writes lib/catalog/flags/gates.ts from the sources of Kubernetes, which Go has downloaded before with
// `go mod download k8s.io/kubernetes@v1.37.1 k8s.io/apiserver@v0.37.1 …`, for each release and each module in FILES:
//
//	npx tsx scripts/gates.ts $(go env GOMODCACHE) 1.33.13 1.34.4 1.35.4 1.36.3 1.37.1
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wrap } from "../lib/cli/text";

/** The files that register the feature gates of all components, by module. */
const FILES: readonly (readonly [module: string, file: string])[] = [
  ["kubernetes", "pkg/features/kube_features.go"],
  ["apiserver", "pkg/features/kube_features.go"],
  ["apiextensions-apiserver", "pkg/features/kube_features.go"],
  ["component-base", "metrics/features/kube_features.go"],
  ["component-base", "logs/api/v1/kube_features.go"],
  ["component-base", "zpages/features/kube_features.go"],
  ["client-go", "features/known_features.go"],
  ["controller-manager", "pkg/features/kube_features.go"],
];

/** `Name featuregate.Feature = "Name"`, and the specs of one gate, of which each version has a line. */
const NAME = /^\s*(\w+)\s+(?:featuregate\.)?Feature\s*=\s*"(\w+)"/gm;
const SPECS = /^\t(?:\w+\.)?(\w+):\s*\{\n(.*?)^\t\},/gms;

/** The gates of a release: `true` or `false` if the gate is locked to it, else `free`. */
function gatesOf(cache: string, release: string): Map<string, string> {
  const minor = Number(release.split(".")[1]);
  const gates = new Map<string, string>();
  for (const [module, file] of FILES) {
    const version = `v${module === "kubernetes" ? release : release.replace(/^1/, "0")}`;
    const source = readFileSync(
      join(cache, `k8s.io/${module}@${version}`, file),
      "utf8",
    );
    const names = new Map(
      [...source.matchAll(NAME)].map(([, id, name]) => [id, name]),
    );
    for (const [, id, specs] of source.matchAll(SPECS)) {
      const line = specs
        .split("\n")
        .filter((each) => each.includes("PreRelease"))
        .filter(
          (each) =>
            Number(/MustParse\("1\.(\d+)"\)/.exec(each)?.[1] ?? 0) <= minor,
        )
        .at(-1);
      const name = names.get(id) ?? id;
      if (line === undefined || gates.has(name)) continue;
      const locked = /LockToDefault:\s*true/.test(line);
      const [, value] = /Default:\s*(true|false)/.exec(line)!;
      gates.set(name, locked ? value : "free");
    }
  }
  return gates;
}

const [cache, ...releases] = process.argv.slice(2);
const all = releases.map((release) => ({
  minor: Number(release.split(".")[1]),
  gates: gatesOf(cache, release),
}));

const row = (minor: number, names: readonly string[]): string =>
  `  ${minor}: \`\n${wrap([...names].sort().join(" "), 100).join("\n")}\n\`,`;

const removed = all.slice(1).map(({ minor, gates }, at) =>
  row(
    minor,
    [...all[at].gates.keys()].filter((gate) => !gates.has(gate)),
  ),
);
const locked = all.slice(1).map(({ minor, gates }, at) =>
  row(
    minor,
    [...gates].flatMap(([gate, value]) =>
      value !== "free" && all[at].gates.get(gate) === "free"
        ? [`${gate}=${value}`]
        : [],
    ),
  ),
);

writeFileSync(
  "lib/catalog/flags/gates.ts",
  `import { frozen } from "../frozen";

/**
 * The feature gates that a minor version of Kubernetes no longer has, by that version. A component that is given one of
 * them does not start. Written by scripts/gates.ts.
 * @see https://github.com/kubernetes/kubernetes/blob/v${releases.at(-1)}/pkg/features/kube_features.go
 */
export const REMOVED_GATES: Readonly<Record<number, string>> = frozen({
${removed.join("\n")}
});

/**
 * The feature gates that a minor version locks to a value, by that version. A component that is given the other value
 * does not start. Written by scripts/gates.ts.
 */
export const LOCKED_GATES: Readonly<Record<number, string>> = frozen({
${locked.join("\n")}
});
`,
);
