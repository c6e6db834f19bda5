import { join } from "node:path";
import { COMPONENTS } from "../../catalog/components";
import { PROCESSES } from "../../catalog/paths";
import { counted } from "../../base/counted";
import { listIfThere } from "../../base/files";
import type { Work } from "../../store/work";
import { forgetProcess, stopProcess } from "./processes";
import type { Store } from "../../store/store";
import { markedNames, recordedNames } from "./record";

/**
 * A component ends after those that need it. Each is tried, because it may run without a record if its starter was
 * killed.
 */
const COMPONENT_NAMES = COMPONENTS.map(({ id }): string => id).reverse();

/** Ends all processes of a store on destroy. */
export async function stopProcesses(
  work: Pick<Work, "store" | "clock" | "say">,
): Promise<void> {
  const { store, say } = work;
  const names = new Set([...recordedNames(store), ...markedNames(store)]);
  const others = [...names].filter((name) => !COMPONENT_NAMES.includes(name));
  let count = 0;
  for (const name of [...others, ...COMPONENT_NAMES]) {
    if (await stopProcess(work, name)) count++;
    forgetProcess(store, name);
  }
  if (count > 0) say(`${counted(count, "process", "processes")} ended`);
}

/** The records and logs of the processes of a store; etcd's data are not among them. */
export const processFiles = ({ directory }: Store): string[] =>
  listIfThere(join(directory, PROCESSES))
    .filter((file) => file.endsWith(".log") || file.endsWith(".json"))
    .map((file) => `${PROCESSES}/${file}`);
