import { Store } from "../../store/store";
import type { Stack } from "../plan/app";
import { refuseIrregularFiles } from "../plan/store-problems";
import type { Context, ReviewedPlan, Workspace } from "../plan/workspace";
import { checkBeforeDeploy } from "./check";

/**
 * Plans a stack as a deploy does, and lets `review` look at the plan, which is not applied. Returns the result of
 * `review`, or `undefined` if the plan failed; the error is then already printed.
 */
export async function reviewStack<T>(
  stack: Stack,
  workspace: Workspace,
  context: Context,
  review: (reviewed: ReviewedPlan) => Promise<T>,
): Promise<T | undefined> {
  const contents = await workspace.enter(stack);
  for (const { directory } of contents.stores)
    refuseIrregularFiles(new Store(directory));
  let found: T | undefined;
  const progress = await workspace.change(
    stack,
    "apply",
    async (reviewed) => {
      found = await review(reviewed);
      return false as const;
    },
    (state) => checkBeforeDeploy(contents, state, context),
  );
  return progress && found;
}
