import type { RolloutRequest } from "../../request/request";
import type { Inventory } from "../../store/inventory";
import type { PreviewedStep } from "./preview-shape";
import type { Step } from "./step";

/** Workers are recorded apart, because their steps take other times than those of a control plane. */
const keyOf = (
  { kind }: Pick<Step, "kind">,
  { pool }: Pick<RolloutRequest, "pool">,
): string => (pool ? `worker ${kind}` : kind);

/** The inventory with the duration of a step recorded. */
export const withDuration = (
  inventory: Inventory,
  step: Step,
  request: Pick<RolloutRequest, "pool">,
  milliseconds: number,
): Inventory => ({
  ...inventory,
  seconds: {
    ...inventory.seconds,
    [keyOf(step, request)]: Math.round(milliseconds / 100) / 10,
  },
});

/** The steps with their last durations, as far as these are known. */
export const withLastSeconds = (
  steps: readonly Step[],
  request: Pick<RolloutRequest, "pool">,
  { seconds }: Inventory,
): PreviewedStep[] =>
  steps.map((step) => {
    const lastSeconds = seconds?.[keyOf(step, request)];
    return { ...step, ...(lastSeconds !== undefined && { lastSeconds }) };
  });
