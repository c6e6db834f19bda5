import { KUBELET_UNIT } from "../../catalog/kubelet";
import { MANIFESTS_DIR } from "../../catalog/paths";
import type { HostFile } from "../hosts/host";
import type { BinaryRequest } from "../request";
import type { Comparison } from "./comparison";
import { fingerprintOfUnit, isKubelets, stampText, type Unit } from "./units";

/** What a unit is to do now. */
export interface Start {
  readonly verb: "restart" | "reload-or-restart";
  readonly unit: Unit;
}

/** What is about to be brought to a host, and what is known of it. */
export interface Delivered {
  readonly files: readonly HostFile[];
  readonly binaries: readonly BinaryRequest[];
  readonly unhealthy: readonly { readonly name: string }[];
  /** Absent: where it runs with other files than it is to have. */
  readonly startsKubelet?: boolean;
}

/** Those of the units that start anew with that. */
export function startsOf(
  units: readonly Unit[],
  comparison: Comparison,
  delivered: Delivered,
): Start[] {
  return units.flatMap((unit): Start[] => {
    const { name, component } = unit;
    const touched = touchedBy(unit, delivered);
    const isIll = delivered.unhealthy.some(
      (each) => each.name === component.name,
    );
    const isDue =
      (name === KUBELET_UNIT ? delivered.startsKubelet : undefined) ??
      (isIll || comparison.isOld(unit));
    if (touched === undefined && !isDue) return [];
    const reloads =
      component.reloads &&
      touched === "read" &&
      !isIll &&
      comparison.isOwn(unit);
    return [{ verb: reloads ? "reload-or-restart" : "restart", unit }];
  });
}

/** Whether a delivery changes what a unit is, or only what it reads. */
export function touchedBy(
  { name, own, read, binaries }: Unit,
  { files, binaries: brought }: Pick<Delivered, "files" | "binaries">,
): "own" | "read" | undefined {
  if (
    own.some((file) => files.includes(file)) ||
    binaries.some((each) => brought.includes(each))
  )
    return "own";
  return read.some((file) => files.includes(file)) ||
    // A worker's is in no tree.
    (name === KUBELET_UNIT && files.some(({ path }) => isKubelets(path)))
    ? "read"
    : undefined;
}

/**
 * `$1` a folder that is made first, if any; then for each unit a verb, its name, its stamp and what the stamp is to say.
 * Nothing waits for a unit here: one that notifies may wait for those of other nodes. The stamp comes last: killed before
 * it, the next run starts the unit once more.
 */
export const START_UNITS = `
set -e
[ -z "$1" ] || mkdir -p "$1"
shift
systemctl daemon-reload
umask 077
while [ $# -gt 0 ]; do
  systemctl enable --quiet "$2"
  systemctl reset-failed "$2" 2>/dev/null || :
  systemctl --no-block "$1" "$2"
  printf '%s\\n' "$4" >"$3.new"
  mv "$3.new" "$3"
  shift 4
done
`;

export const startArguments = (starts: readonly Start[]): string[] => [
  // Of a package's kubelet, which complains without it.
  starts.some(({ unit }) => unit.name === KUBELET_UNIT && !unit.isOurs)
    ? MANIFESTS_DIR
    : "",
  ...starts.flatMap(({ verb, unit }) => [
    ...[verb, unit.name, unit.stamp],
    stampText(fingerprintOfUnit(unit)),
  ]),
];

/** Ends units whose files are about to go. */
export const STOP_UNITS = `
for unit in "$@"; do
  systemctl disable --quiet --now "$unit" 2>/dev/null || systemctl stop "$unit" || exit 1
  systemctl reset-failed "$unit" 2>/dev/null || :
done
`;

/** System users, each with a group of its name. */
export const MAKE_USERS = `
for user in "$@"; do
  id -u "$user" >/dev/null 2>&1 ||
    useradd --system --no-create-home --shell /usr/sbin/nologin --user-group "$user" || exit 1
done
`;
