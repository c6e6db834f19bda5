import type { ExtraArgs } from "./site";

/** The values of a flag; none if it is not set. */
export const valuesOf = (args: ExtraArgs, flag: string): string[] =>
  [args[flag] ?? []].flat();

/** The effective value of a flag, which is the last one if it is repeated; `undefined` if it is not set. */
export const lastValue = (args: ExtraArgs, flag: string): string | undefined =>
  valuesOf(args, flag).at(-1);

/** The directory of the file that a flag names; none if the flag is not set, or if it names standard output (`-`). */
export function directoryOfFlag(args: ExtraArgs, flag: string): string[] {
  const path = lastValue(args, flag) ?? "-";
  return path === "-" ? [] : [path.slice(0, path.lastIndexOf("/"))];
}

/**
 * The flags of a command: first the default flags that the user does not set, sorted by name; then the user's flags, in
 * their order. A flag whose value is a list is repeated.
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

/**
 * The values in the words of a command: `--tls-cert-file=/etc/…` has one, `--a=b,c` has two. Some of them are the files
 * that the component reads, and this is the only place that finds them.
 */
export const namesIn = (command: readonly string[]): ReadonlySet<string> =>
  new Set(
    command.flatMap((word) => word.slice(word.indexOf("=") + 1).split(",")),
  );

/** Flags as pairs, with one pair for each occurrence of a flag. */
export function argumentList(args: ExtraArgs): [name: string, value: string][] {
  return Object.keys(args).flatMap((name) =>
    valuesOf(args, name).map((value): [string, string] => [name, value]),
  );
}
