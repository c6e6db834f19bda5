import { ETCD_BRIDGES } from "../catalog/upgrades";
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

/** What is refused, with the message for it. Both may use the variables `nodes`, `oldest` and `newest`. */
interface Refusal {
  readonly when: Expression;
  readonly message: Expression;
}

/**
 * Conditions that fail a plan if the programs that run, according to the inventory, cannot become those that the program
 * wants. While only some of the nodes have the new minor, both minors are allowed: the upgrade may go on, or back. A third
 * one is not.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export function upgradePath(store: Store, wanted: WantedReleases) {
  return [
    conditionOf(store, "kubernetes", kubernetesRefusals(wanted.kubernetes)),
    ...(wanted.etcd
      ? [conditionOf(store, "etcd", etcdRefusals(wanted.etcd))]
      : []),
  ];
}

function kubernetesRefusals(release: string): Refusal[] {
  const minor = minorOf(release);
  return [
    {
      when: code`oldest < ${minor - 1}`,
      message: code`format(${quote(`Kubernetes goes forward one minor at a time, so ${release} is too far ahead: %s. Set kubernetesVersion to a release of 1.%d and deploy, before you go on.`)}, runs, oldest + 1)`,
    },
    {
      when: code`oldest > ${minor}`,
      message: code`format(${quote(`Kubernetes cannot go back a minor, so ${release} is too old: %s. An older API server may not understand what a newer one wrote to etcd. Set kubernetesVersion to a release of 1.%d.`)}, runs, newest)`,
    },
  ];
}

function etcdRefusals(release: string): Refusal[] {
  const minor = minorOf(release);
  const bridge = ETCD_BRIDGES.find((each) => each.minor === minor - 1);
  return [
    {
      when: code`oldest < ${minor - 1}`,
      message: code`format(${quote(`etcd goes forward one minor at a time, so ${release} is too far ahead: %s. ${HOW_TO_CHOOSE} a release of 3.%d and deploy, before you go on.`)}, runs, oldest + 1)`,
    },
    {
      when: code`oldest > ${minor}`,
      message: code`format(${quote(`etcd cannot go back a minor, so ${release} is too old: %s. An older etcd refuses the data of a newer one. ${HOW_TO_CHOOSE} a release of 3.%d.`)}, runs, newest)`,
    },
    ...(bridge
      ? [
          {
            when: code`anytrue([for node in nodes : node.minor == ${bridge.minor} && node.patch < ${bridge.patch}])`,
            message: code`format(${quote(`etcd ${release} can only follow 3.${bridge.minor}.${bridge.patch} or a later 3.${bridge.minor}: %s. ${bridge.reason} See ${bridge.source}. ${HOW_TO_CHOOSE} such a release and deploy, before you go on.`)}, runs)`,
          },
        ]
      : []),
  ];
}

const HOW_TO_CHOOSE =
  "With etcd: Etcd.stacked({ image: { tag } }) or Etcd.dedicated({ version }), choose";

const minorOf = (release: string): number => Number(release.split(".")[1]);

/** One condition for all refusals of a program: only the first one that applies is said. */
function conditionOf(
  store: Store,
  program: keyof WantedReleases,
  refusals: readonly Refusal[],
) {
  const found = code`concat(${refusals.map(({ when, message }) => code`[for text in [${message}] : text if ${when}]`)}...)`;
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
