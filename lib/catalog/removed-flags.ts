import type { ComponentId } from "./certificates";
import type { KubernetesVersion } from "./versions";

export interface RemovedFlag {
  /** The first version without it: `1.27`. */
  readonly since: string;
  /** What to do now. */
  readonly instead: string;
}

const REMOVED_FLAGS: Partial<
  Record<
    ComponentId,
    readonly (RemovedFlag & { flag: string; minor: number })[]
  >
> = {};

/** Why a flag of a component makes no sense with this version; `undefined` where it does. */
export function removedFlag(
  component: ComponentId,
  flag: string,
  version: KubernetesVersion,
): RemovedFlag | undefined {
  return REMOVED_FLAGS[component]?.find(
    (row) => row.flag === flag && row.minor <= version.minor,
  );
}
