import type { Store } from "../../store/store";
import { secureStore, survey } from "../../store/survey";
import type { Problem } from "./store-certificates";
import { count, type Output } from "../output";
import { shownPath } from "../text";

/** The problems of a store's files, and how to fix them. If it is `blocked`, the store cannot be read at all. */
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
        reason: `its mode is ${octal(mode)}, so other users can read or change it: \`cdktf-control-plane deploy\` sets it to ${octal(wanted)}`,
      })),
    ],
    blocked: refusals.length > 0,
  };
}

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** Refuses a store with anything but files and folders, before Terraform reads it: reading a FIFO would never end. */
export function refuseIrregularFiles(store: Store): void {
  if (!store.exists) return;
  const [first] = survey(store).refusals;
  if (first) throw first.error;
}

/** Fails if the store has a problem that only the user can solve; restricts modes that are too permissive. */
export function secureBeforeDeploy(store: Store, output: Output): void {
  if (!store.exists) return;
  const { refusals, foreign } = survey(store);
  const [first] = [...refusals, ...foreign];
  if (first) throw first.error;
  const restricted = secureStore(store);
  if (restricted > 0)
    output.note(
      `${shownPath(store.directory)}: ${count(restricted, "file mode")} corrected: other users could read or change the store`,
    );
  store.hideFromGit();
}
