import { minorOf } from "../../catalog/skew";
import {
  etcdVersionOf,
  parseAnyVersion,
  VERSIONS,
} from "../../catalog/versions";

/** To what an upgrade could lead. */
export interface TargetOptions {
  /** What the cluster runs: `v1.36.3`. */
  readonly present: string;
  /** What was asked for. */
  readonly to?: string;
  /** What the program says. */
  readonly program?: string;
}

/**
 * The release that is checked, with the `v`: what was asked for, else the program's if that is newer than what runs, else
 * the next minor, in the release with which the library compared it. `undefined` if the library knows no next one.
 */
export function targetOf({
  present,
  to,
  program,
}: TargetOptions): string | undefined {
  const next = VERSIONS.find(({ minor }) => minor === minorOf(present) + 1);
  const newer =
    program !== undefined && isNewer(program, present) ? program : undefined;
  return (to ?? newer ?? next?.measured)?.replace(/^v?/, "v");
}

/** The etcd after an upgrade. One that is not the default of the present version is the user's choice, and stays. */
export function etcdAfter(
  etcd: string | undefined,
  present: string,
  wanted: string,
): string | undefined {
  const [before, after] = [present, wanted].map(parseAnyVersion);
  return before && after && etcd === etcdVersionOf(before)
    ? etcdVersionOf(after)
    : etcd;
}

function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) =>
    (/^v?1\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number),
  );
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}
