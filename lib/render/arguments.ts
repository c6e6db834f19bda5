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

/**
 * What the words of a command name, its files among them: `--tls-cert-file=/etc/…` one, `--a=b,c` two. All that has to
 * know which files a component reads asks here.
 */
export const namesIn = (command: readonly string[]): ReadonlySet<string> =>
  new Set(
    command.flatMap((word) => word.slice(word.indexOf("=") + 1).split(",")),
  );

/** One pair for each occurrence of a flag. */
export function argumentList(args: ExtraArgs): [name: string, value: string][] {
  return Object.entries(args).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map(
      (each): [string, string] => [name, each],
    ),
  );
}
