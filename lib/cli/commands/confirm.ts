import { createInterface } from "node:readline";
import { Interrupted, SIGNALS } from "../plan/children";
import { destroyDeclined, destroysOthers } from "../errors";
import { confirmWithoutTerminal, planDeclined } from "../errors-plan";
import { destructiveChanges, userChangeNames } from "../plan/user-changes";
import { count } from "../output";
import type { PlannedChange } from "../plan/planned";
import type { Context } from "../plan/workspace";

/**
 * Stops a deploy that would destroy or replace a resource that is not this library's. In a terminal, it asks for
 * permission; without a terminal, the option `--allow-destroy` is required. This library's own resources never need
 * permission, because their files can be made again at any time.
 */
export async function confirmDestruction(
  stack: string,
  others: readonly PlannedChange[],
  { output }: Context,
  { allowDestroy }: { readonly allowDestroy: boolean },
): Promise<void> {
  const ending = destructiveChanges(others);
  if (ending.length === 0 || allowDestroy) return;
  const names = userChangeNames(ending);
  if (!output.canAsk) {
    const resources = ending.map(({ address }) => address);
    const option = "--allow-destroy";
    output.event("questionNotPossible", { stack, option, resources });
    throw destroysOthers(stack, names);
  }
  output.say(
    `${stack}: this deploy would destroy or replace ${count(ending.length, "resource")} of your own. Their contents would be lost:`,
  );
  for (const name of names) output.say(`  ${name}`);
  if (!(await isConfirmed())) throw destroyDeclined(stack);
}

/** Asks before a plan is applied that was shown completely. */
export async function confirmPlan(
  stack: string,
  { output }: Context,
): Promise<void> {
  if (!output.canAsk) throw confirmWithoutTerminal(stack);
  if (!(await isConfirmed())) throw planDeclined(stack);
}

const isConfirmed = async (): Promise<boolean> =>
  (await ask("Type yes to continue: ")).trim() === "yes";

/** Reads one line from the terminal. A signal ends the command; the end of the input counts as an empty answer. */
async function ask(question: string): Promise<string> {
  const { stdin, stdout } = process;
  // With `terminal: true`, readline would handle Ctrl-C itself, and no signal would reach this process.
  const lines = createInterface({
    input: stdin,
    output: stdout,
    terminal: false,
  });
  let stop = (): void => undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      stop = () => reject(new Interrupted());
      for (const signal of SIGNALS) process.once(signal, stop);
      lines.once("close", () => resolve(""));
      lines.question(question, resolve);
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
    lines.close();
  }
}
