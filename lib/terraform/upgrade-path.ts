import { etcdPath, kubernetesPath, type PathRule } from "../catalog/upgrades";
import { code, type Expression, quote } from "./expression";
import { inventoryOf, IS_SET_UP } from "./recorded";
import type { Store } from "./store";

/** The releases that the program wants. */
export interface WantedReleases {
  /** With the `v`: `v1.36.3`. */
  readonly kubernetes: string;
  /** `3.6.8`. Absent if etcd is external, or if the tag of its image is not a release. */
  readonly etcd?: string;
}

/**
 * Conditions that fail a plan if the programs that run, according to the inventory, cannot become those that the program
 * wants.
 */
export function upgradePath(store: Store, wanted: WantedReleases) {
  return [
    conditionOf(store, "kubernetes", kubernetesPath(wanted.kubernetes)),
    ...(wanted.etcd ? [conditionOf(store, "etcd", etcdPath(wanted.etcd))] : []),
  ];
}

/** Whether a rule applies, with the variables `nodes` and `oldest`. */
function conditionFor({ when }: PathRule): Expression {
  switch (when.kind) {
    case "oldest minor below":
      return code`oldest < ${when.minor}`;
    case "oldest minor above":
      return code`oldest > ${when.minor}`;
    case "patch below":
      return code`anytrue([for node in nodes : node.minor == ${when.minor} && node.patch < ${when.patch}])`;
  }
}

/** How Terraform's `format` inserts what the places in the texts of a rule stand for, with the variables `runs`, `oldest` and `newest`. */
const PLACES: Readonly<
  Record<string, { readonly verb: string; readonly value: Expression }>
> = {
  runs: { verb: "%s", value: code`runs` },
  next: { verb: "%d", value: code`oldest + 1` },
  newest: { verb: "%d", value: code`newest` },
};

function messageFor({ problem, remedy }: PathRule): Expression {
  const values: Expression[] = [];
  const text = `${problem} ${remedy}`
    .replaceAll("%", "%%")
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const { verb, value } = PLACES[name];
      values.push(value);
      return verb;
    });
  const given = values.reduce(
    (all, value) => code`${all}, ${value}`,
    quote(text),
  );
  return code`format(${given})`;
}

/** One condition for all rules of a program: only the first one that applies is said. */
function conditionOf(
  store: Store,
  program: keyof WantedReleases,
  rules: readonly PathRule[],
) {
  const found = code`concat(${rules.map((rule) => code`[for text in [${messageFor(rule)}] : text if ${conditionFor(rule)}]`)}...)`;
  const oldest = code`min(nodes[*].minor...)`;
  const newest = code`max(nodes[*].minor...)`;
  const each = code`[for node in nodes : format("%s runs %s", node.name, node.release)]`;
  const messages = code`flatten([for nodes in [${running(store, program)}] : [for oldest in [${oldest}] : [for newest in [${newest}] : [for runs in [join(", ", ${each})] : ${found}]]] if length(nodes) > 0])`;
  return {
    condition: code`length(${messages}) == 0`.toString(),
    errorMessage:
      code`join("", slice(concat(${messages}, [""]), 0, 1))`.toString(),
  };
}

/** The nodes of the control plane that are set up, with the release that runs there, as far as it is known. */
function running(store: Store, program: keyof WantedReleases): Expression {
  // Earlier versions of the library recorded only the release of the whole cluster.
  const release =
    program === "kubernetes"
      ? code`can(node.runs) ? node.runs.kubernetes : inventory.kubernetesVersion`
      : code`node.runs.etcd`;
  const parts = code`regex("^v?\\\\d+\\\\.(\\\\d+)\\\\.(\\\\d+)", release)`;
  const node = code`[for parts in [${parts}] : { name = name, release = release, minor = tonumber(parts[0]), patch = tonumber(parts[1]) }]`;
  const isOurs = code`try(node.pool, null) == null && ${IS_SET_UP}`;
  return code`try(flatten([for inventory in [${inventoryOf(store)}] : [for name, node in inventory.nodes : [for release in try([${release}], []) : try(${node}, [])] if ${isOurs}]]), [])`;
}
