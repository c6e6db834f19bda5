import type { UpgradeView } from "./view";

/**
 * Whether an upgrade that failed can still be taken back, as a sentence. Kubernetes can while a node has the old
 * release. etcd can until all its members have the new minor, from which moment their data have its format.
 *
 * @param failed the nodes that failed, which may or may not run the new programs
 */
export function wayBack(
  { kubernetes, etcd, nodes }: UpgradeView,
  failed: readonly string[],
): string | undefined {
  const older = nodes.filter(
    ({ runs }) =>
      isBefore(runs.kubernetes, kubernetes) || isBefore(runs.etcd, etcd),
  );
  if (older.length === 0) return undefined;
  const { runs } = older[0];
  const named = [
    ...(runs.kubernetes ? [`Kubernetes ${runs.kubernetes}`] : []),
    ...(runs.etcd ? [`etcd ${runs.etcd}`] : []),
  ].join(" and ");
  const changing = older.filter((node) => getsNewMinor(node.runs.etcd, etcd));
  if (changing.length === 0)
    return `You can still go back to ${named}: undo the change in the program and deploy.`;
  const holding = changing
    .filter(({ name }) => !failed.includes(name))
    .map(({ name }) => name);
  return holding.length > 0
    ? `You can still go back to ${named}: undo the change in the program and deploy. That ends when the last of ${holding.join(", ")} has etcd ${etcd}.`
    : `There may be no way back to ${named}: as soon as all members have run etcd ${etcd}, their data have its format. Go on, or restore the backup that was made before.`;
}

const isBefore = (
  present: string | undefined,
  wanted: string | undefined,
): boolean =>
  present !== undefined &&
  wanted !== undefined &&
  present.localeCompare(wanted, "en", { numeric: true }) < 0;

const getsNewMinor = (
  present: string | undefined,
  wanted: string | undefined,
): boolean =>
  isBefore(present, wanted) && present!.split(".")[1] !== wanted!.split(".")[1];
