import { seeHelpOf, usage } from "./errors";
import { enumerated, quoted } from "./text";

export const severalStores = (command: string, stores: readonly string[]) =>
  usage(
    `${command} works on one store, and there are ${stores.length}: ${enumerated(stores)}. Nothing was touched.`,
    `Name one: cdktf-control-plane ${command} ${quoted(stores[0])}`,
  );

/** An error about the first argument of a command that has words for it. */
export const unknownWord = (
  command: string,
  given: string,
  known: readonly string[],
  hint?: string,
) =>
  usage(
    `${JSON.stringify(given)} is nothing that ${command} does. Write ${known.map((word) => `${command} ${word}`).join(", ")}.`,
    hint ?? seeHelpOf(command),
  );
