import { COMPONENTS } from "../../catalog/components";
import { PROCESSES } from "../../catalog/paths";
import { join } from "node:path";
import { listIfThere } from "../../base/files";
import type { Work } from "../make/batch";
import { forgetProcess, stopProcess } from "./processes";
import type { Store } from "../../store/store";
import { markedNames, recordedNames } from "./record";

/** Who is needed by others ends after them. Each may run without a record, started by somebody who was killed. */
const COMPONENT_NAMES = COMPONENTS.map(({ id }): string => id).reverse();

/** On destroy: ends all processes that were started for a store. */
export async function stopProcesses({
  store,
  say,
}: Pick<Work, "store" | "say">): Promise<void> {
  const names = new Set([...recordedNames(store), ...markedNames(store)]);
  const others = [...names].filter((name) => !COMPONENT_NAMES.includes(name));
  let count = 0;
  for (const name of [...others, ...COMPONENT_NAMES]) {
    if (await stopProcess(store, name)) count++;
    forgetProcess(store, name);
  }
  if (count > 0)
    say(count === 1 ? "1 process ended" : `${count} processes ended`);
}

/** What processes left in a store, but for the data of etcd. */
export const processFiles = ({ directory }: Store): string[] =>
  listIfThere(join(directory, PROCESSES))
    .filter((file) => file.endsWith(".log") || file.endsWith(".json"))
    .map((file) => `${PROCESSES}/${file}`);
