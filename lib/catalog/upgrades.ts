import { frozen } from "./frozen";

/** The release that every member of etcd must run before one of them gets the next minor. */
export interface EtcdBridge {
  readonly minor: number;
  readonly patch: number;
  /** Why an earlier patch is not enough. A complete sentence, for the error. */
  readonly reason: string;
  /** The guide that says so. */
  readonly source: string;
}

export const ETCD_BRIDGES: readonly EtcdBridge[] = frozen<EtcdBridge[]>([
  {
    minor: 5,
    patch: 32,
    reason:
      "Members of an earlier 3.5 may bring members that were removed long ago back into the cluster when they become 3.6.",
    source: "https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/",
  },
  {
    minor: 6,
    patch: 11,
    reason:
      "Members of an earlier 3.6 may not work together with those of 3.7.",
    source: "https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/",
  },
]);

/**
 * A reason why the programs that run cannot become a release. It is data, because a plan applies it as a Terraform
 * expression and the check before an upgrade in TypeScript. Texts may contain `{runs}` (which node runs what), `{next}`
 * (the minor after the oldest that runs) and `{newest}` (the newest minor).
 */
export interface PathRule {
  readonly when:
    | { readonly kind: "oldest minor below"; readonly minor: number }
    | { readonly kind: "oldest minor above"; readonly minor: number }
    | {
        readonly kind: "patch below";
        readonly minor: number;
        readonly patch: number;
      };
  /** One or more sentences. */
  readonly problem: string;
  readonly remedy: string;
}

const HOW_TO_CHOOSE =
  "With etcd: Etcd.stacked({ image: { tag } }) or Etcd.dedicated({ version }), choose";

/** The minor in `v1.36.3` or `3.6.8`. */
const minorOf = (release: string): number => Number(release.split(".")[1]);

/**
 * What Kubernetes cannot follow. While only some of the nodes have the new minor, both minors are allowed: the upgrade may
 * go on, or back. A third one is not.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export function kubernetesPath(release: string): PathRule[] {
  const minor = minorOf(release);
  return [
    {
      when: { kind: "oldest minor below", minor: minor - 1 },
      problem: `Kubernetes goes forward one minor at a time, so ${release} is too far ahead: {runs}.`,
      remedy: `Set kubernetesVersion to a release of 1.{next} and deploy, before you go on.`,
    },
    {
      when: { kind: "oldest minor above", minor },
      problem: `Kubernetes cannot go back a minor, so ${release} is too old: {runs}. An older API server may not understand what a newer one wrote to etcd.`,
      remedy: `Set kubernetesVersion to a release of 1.{newest}.`,
    },
  ];
}

/** What etcd cannot follow: another minor than the one before, or one without its {@link ETCD_BRIDGES bridge}. */
export function etcdPath(release: string): PathRule[] {
  const minor = minorOf(release);
  const bridge = ETCD_BRIDGES.find((each) => each.minor === minor - 1);
  return [
    {
      when: { kind: "oldest minor below", minor: minor - 1 },
      problem: `etcd goes forward one minor at a time, so ${release} is too far ahead: {runs}.`,
      remedy: `${HOW_TO_CHOOSE} a release of 3.{next} and deploy, before you go on.`,
    },
    {
      when: { kind: "oldest minor above", minor },
      problem: `etcd cannot go back a minor, so ${release} is too old: {runs}. An older etcd refuses the data of a newer one.`,
      remedy: `${HOW_TO_CHOOSE} a release of 3.{newest}.`,
    },
    ...(bridge
      ? [
          {
            when: { kind: "patch below" as const, ...bridge },
            problem: `etcd ${release} can only follow 3.${bridge.minor}.${bridge.patch} or a later 3.${bridge.minor}: {runs}. ${bridge.reason} See ${bridge.source}.`,
            remedy: `${HOW_TO_CHOOSE} such a release and deploy, before you go on.`,
          },
        ]
      : []),
  ];
}

/** A program of a node, and the release that runs there: `v1.36.3`. */
export interface Running {
  readonly node: string;
  readonly release: string;
}

/** The first rule that applies, in words; `undefined` if what runs may become the release. */
export function refusedPath(
  rules: readonly PathRule[],
  running: readonly Running[],
): Pick<PathRule, "problem" | "remedy"> | undefined {
  const nodes = running.flatMap(({ node, release }) => {
    const [, minor, patch] = /^v?\d+\.(\d+)\.(\d+)/.exec(release) ?? [];
    return minor === undefined
      ? []
      : [{ node, release, minor: Number(minor), patch: Number(patch) }];
  });
  if (nodes.length === 0) return undefined;
  const minors = nodes.map(({ minor }) => minor);
  const oldest = Math.min(...minors);
  const applies = ({ when }: PathRule): boolean => {
    switch (when.kind) {
      case "oldest minor below":
        return oldest < when.minor;
      case "oldest minor above":
        return oldest > when.minor;
      case "patch below":
        return nodes.some(
          ({ minor, patch }) => minor === when.minor && patch < when.patch,
        );
    }
  };
  const values: Readonly<Record<string, string>> = {
    runs: nodes
      .map(({ node, release }) => `${node} runs ${release}`)
      .join(", "),
    next: `${oldest + 1}`,
    newest: `${Math.max(...minors)}`,
  };
  const rule = rules.find(applies);
  const filled = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => values[name]);
  return rule && { problem: filled(rule.problem), remedy: filled(rule.remedy) };
}
