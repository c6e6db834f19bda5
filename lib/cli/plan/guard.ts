import type { Store } from "../../store/store";
import { secureStore, survey } from "../../store/survey";
import type { Problem } from "./holdings";
import { count, type Output } from "../output";
import { shownPath } from "./workspace";

/** What is not as it may be in a store, and what to do about it. `blocked`: it cannot be read any further. */
export function storeProblems(store: Store): {
  readonly problems: readonly Problem[];
  readonly blocked: boolean;
} {
  const { refusals, foreign, modes } = survey(store);
  const named = (path: string): string => (path === "" ? "." : path);
  return {
    problems: [
      ...[...refusals, ...foreign].map(({ path, error }) => ({
        file: named(path),
        reason: error.message.replace(/\n/g, " "),
      })),
      ...modes.map(({ path, mode, wanted }) => ({
        file: named(path),
        reason: `its mode is ${octal(mode)}, so that others can read or change it: \`cdktf-control-plane deploy\` makes it ${octal(wanted)}`,
      })),
    ],
    blocked: refusals.length > 0,
  };
}

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** Before Terraform reads it: over a FIFO it would wait for ever. */
export function refuseIrregular(store: Store): void {
  if (!store.exists) return;
  const [first] = survey(store).refusals;
  if (first) throw first.error;
}

/** Before a deploy: fails where only people can help, and closes what is too open. */
export function closeStore(store: Store, output: Output): void {
  if (!store.exists) return;
  const { refusals, foreign } = survey(store);
  const [first] = [...refusals, ...foreign];
  if (first) throw first.error;
  const mended = secureStore(store);
  if (mended > 0)
    output.say(
      `${shownPath(store.directory)}: ${count(mended, "mode")} mended, which let others read or change it`,
    );
  store.hideFromGit();
}
