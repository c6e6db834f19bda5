import { Store } from "../../store/store";
import { htmlOf } from "../page/html";
import { markdownOf } from "../page/markdown";
import { reportOf } from "../page/sections";
import { anchorsOf } from "../plan/anchors";
import type { Context } from "../plan/workspace";
import { checkStore } from "./check";
import { clustersOf, write } from "./clusters";

export interface ReportOptions {
  readonly html: boolean;
  /** Whether to ask the hosts first. */
  readonly check: boolean;
  /** Where to write it. @default standard output */
  readonly out?: string;
}

/** Writes a report about the clusters of the app. */
export async function report(
  names: readonly string[],
  { html, check, out }: ReportOptions,
  context: Context,
): Promise<number> {
  const clusters = await clustersOf(names, context, async (stores) => {
    const directories = stores.map(({ directory }) => directory);
    const anchors = await anchorsOf(directories, context);
    const known = [];
    for (const directory of directories) {
      const isChecked = check && new Store(directory).isClaimed;
      known.push({
        anchors: anchors.hashes,
        unanchored: anchors.missing.get(directory),
        ...(isChecked && { checked: await checkStore(directory, context) }),
      });
    }
    return known;
  });
  const told = reportOf(clusters, new Date(context.clock.now()));
  write(html ? htmlOf(told) : markdownOf(told), out, context);
  return 0;
}
