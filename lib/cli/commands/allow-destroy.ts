import { createInterface } from "node:readline";
import { Interrupted, SIGNALS } from "../plan/children";
import { destroyDeclined, destroysOthers } from "../errors";
import { endingOthers, otherNames } from "../plan/other-changes";
import { count } from "../report/output";
import type { PlannedChange } from "../plan/planned";
import type { Context } from "../plan/workspace";

/**
 * Before a deploy destroys or replaces a resource that is not this library's it asks, in a terminal; elsewhere it needs
 * to be allowed from the start. Files of this library are made anew at any time, and never need it.
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
    `${stack}: ${count(ending.length, "resource")} of yours would be destroyed: what it holds, and what its provisioners do, cannot be brought back.`,
  );
  const answer = await ask("Type yes to go on: ");
  if (answer.trim() !== "yes") throw destroyDeclined(stack);
}

/** A wish to stop ends it as it does elsewhere; the end of the input is no answer. */
async function ask(question: string): Promise<string> {
  const { stdin, stdout } = process;
  // The terminal edits the line, and makes a signal of Ctrl-C.
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
