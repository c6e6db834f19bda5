import { KUBELET_UNIT } from "../../catalog/kubelet";
import type { HostFile } from "../hosts/host";
import type { BinaryRequest } from "../../request/request";
import type { Comparison } from "./comparison";
import { isReadByKubelet, type NodeUnit } from "./units";

/** A unit to restart or reload. */
export interface Start {
  readonly verb: "restart" | "reload-or-restart";
  readonly unit: NodeUnit;
}

/** What is about to be delivered to a host, and what is unhealthy there. */
export interface PlannedDelivery {
  readonly files: readonly HostFile[];
  readonly binaries: readonly BinaryRequest[];
  readonly unhealthy: readonly { readonly name: string }[];
  /** Whether kubelet restarts. Absent: it restarts if it runs with other files than it should. */
  readonly startsKubelet?: boolean;
}

/** The units that restart or reload after a delivery. */
export function startsOf(
  units: readonly NodeUnit[],
  comparison: Comparison,
  delivered: PlannedDelivery,
): Start[] {
  return units.flatMap((unit): Start[] => {
    const { name, component } = unit;
    const touched = touchedBy(unit, delivered);
    const isUnhealthy = delivered.unhealthy.some(
      (each) => each.name === component.name,
    );
    const startsAnyway =
      (name === KUBELET_UNIT ? delivered.startsKubelet : undefined) ??
      (isUnhealthy || comparison.isOutdated(unit));
    if (touched === undefined && !startsAnyway) return [];
    const reloads =
      component.reloads &&
      touched === "read" &&
      !isUnhealthy &&
      comparison.runsCurrentUnit(unit);
    return [{ verb: reloads ? "reload-or-restart" : "restart", unit }];
  });
}

/** Whether a delivery changes a unit itself (`own`) or only files that it reads (`read`). */
export function touchedBy(
  { name, own, read, binaries }: NodeUnit,
  {
    files,
    binaries: deliveredBinaries,
  }: Pick<PlannedDelivery, "files" | "binaries">,
): "own" | "read" | undefined {
  if (
    own.some((file) => files.includes(file)) ||
    binaries.some((each) => deliveredBinaries.includes(each))
  )
    return "own";
  return read.some((file) => files.includes(file)) ||
    // A worker's kubeconfig is in no tree.
    (name === KUBELET_UNIT && files.some(({ path }) => isReadByKubelet(path)))
    ? "read"
    : undefined;
}
