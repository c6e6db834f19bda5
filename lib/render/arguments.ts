import type { ExtraArgs } from "../catalog/site";

/**
 * Flags as a command has them: the base sorted, without those that the user sets, then the user's in their order.
 * A list repeats its flag.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/util/arguments.go
 */
export function mergeArguments(
  base: Readonly<Record<string, string>>,
  extra: ExtraArgs,
): string[] {
  const kept = Object.entries(base)
    .filter(([name]) => !(name in extra))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [...kept, ...argumentList(extra)].map(
    ([name, value]) => `--${name}=${value}`,
  );
}

/** What the values of flags name: paths, where they are paths. */
export const namesIn = (flags: readonly string[]): ReadonlySet<string> =>
  new Set(
    flags.flatMap((flag) => flag.slice(flag.indexOf("=") + 1).split(",")),
  );

/** One pair for each occurrence of a flag. */
export function argumentList(args: ExtraArgs): [name: string, value: string][] {
  return Object.entries(args).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map(
      (each): [string, string] => [name, each],
    ),
  );
}
