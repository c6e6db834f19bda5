import { createInterface } from "node:readline";
import { Interrupted, SIGNALS } from "../plan/children";
import { destroyDeclined, destroysOthers } from "../errors";
import { endingOthers, otherNames } from "../plan/other-changes";
import { count } from "../output";
import type { PlannedChange } from "../plan/planned";
import type { Context } from "../plan/workspace";

/**
 * Stops a deploy that would destroy or replace a resource that is not this library's. In a terminal it asks; elsewhere
 * `--allow-destroy` is needed. Files of this library can be made again at any time, and never need permission.
 */
export async function refuseToDestroy(
  stack: string,
  others: readonly PlannedChange[],
  { output }: Context,
  { allowDestroy }: { readonly allowDestroy: boolean },
): Promise<void> {
  const ending = endingOthers(others);
  if (ending.length === 0 || allowDestroy) return;
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw destroysOthers(stack, otherNames(ending));
  output.say(
    `${stack}: this deploy would destroy or replace ${count(ending.length, "resource")} of yours, and what they hold would be lost.`,
  );
  const answer = await ask("Type yes to go on: ");
  if (answer.trim() !== "yes") throw destroyDeclined(stack);
}

/** A signal to stop ends the command as it does everywhere; the end of the input counts as no answer. */
async function ask(question: string): Promise<string> {
  const { stdin, stdout } = process;
  // Without readline's own editing, Ctrl-C is a signal.
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
