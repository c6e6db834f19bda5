import type { UpgradeFinding } from "./errors";
import type { Unasked } from "./seen";

/** The result of the check before an upgrade. */
export interface UpgradeReport {
  /** What the cluster runs: `v1.36.3`. */
  readonly from: string;
  /** With the `v`: `v1.37.1`. Absent if the library knows no next version. */
  readonly to?: string;
  readonly findings: readonly UpgradeFinding[];
  /** What could not be asked, so that nothing is known about it. */
  readonly unasked: readonly Unasked[];
}
