import { writeFileSync } from "node:fs";
import { errorCode } from "../../base/files";
import { nothingToShow, unwritableFile } from "../errors-show";
import { type Cluster, clusterOf } from "../model/cluster";
import { factsOf, type MoreFacts } from "../model/facts";
import { readProject, stacksToDeploy, synthesize } from "../plan/app";
import { readContents, type StackStore } from "../plan/contents";
import { requireWorkspace } from "../plan/owner";
import { selectedWorkspace } from "../plan/selected-workspace";
import type { Context } from "../plan/workspace";
import { shownPath } from "../text";

/** Synthesizes the app, and returns the stores of its stacks. Neither Terraform nor a deploy is needed. */
export async function clustersOf(
  names: readonly string[],
  { children, environment, output, clock }: Context,
  more: (stores: readonly StackStore[]) => Promise<readonly MoreFacts[]> = (
    stores,
  ) => Promise.resolve(stores.map(() => ({}))),
): Promise<readonly Cluster[]> {
  const project = readProject(process.cwd());
  const synthesized = await output.during({ phase: "synthesis" }, () =>
    synthesize(project, children, environment),
  );
  const stacks = stacksToDeploy(synthesized, names);
  const found = stacks.flatMap((stack) => {
    const workspace = selectedWorkspace(stack.directory, environment);
    const contents = readContents(stack, workspace);
    return contents.stores.map((store) => {
      requireWorkspace(store.directory, workspace);
      return { store, contents };
    });
  });
  if (found.length === 0) throw nothingToShow(stacks.map(({ name }) => name));
  const known = await more(found.map(({ store }) => store));
  const now = new Date(clock.now());
  return found.map(({ store, contents }, at) =>
    clusterOf(factsOf(store, contents, now, known[at])),
  );
}

/** Writes a text to a file, or else to standard output. */
export function write(
  text: string,
  out: string | undefined,
  { output }: Context,
): void {
  if (out === undefined) return output.say(text.trimEnd());
  try {
    writeFileSync(out, text);
  } catch (error) {
    throw unwritableFile(out, errorCode(error));
  }
  output.note(`${shownPath(out)} was written`);
}
