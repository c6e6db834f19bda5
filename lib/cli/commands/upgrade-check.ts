import { parseAnyVersion } from "../../catalog/versions";
import type { UpgradeCheckRequest } from "../../request/request";
import { Store } from "../../store/store";
import { visibleJson } from "../../base/visible";
import { invalidOption } from "../errors";
import { runUpgradeCheck } from "../plan/agent";
import { programVersionOf, requestAbout, usableStore } from "../plan/stores";
import type { Context } from "../plan/workspace";
import {
  type CheckedUpgrade,
  exitCodeOf,
  upgradeLines,
} from "../report/upgrade-lines";
import { shownPath } from "../text";

/** Asks the cluster of each store all that an upgrade depends on. */
export async function upgradeCheck(
  paths: readonly string[],
  to: string | undefined,
  context: Context,
): Promise<number> {
  const { output } = context;
  if (to !== undefined && !/^v?1\.\d+\.\d+(-[\w.-]+)?$/.test(to))
    throw invalidOption(
      `--to takes a full release, such as 1.37.1, not ${JSON.stringify(to)}.`,
    );
  const directories = paths.map((path) =>
    usableStore(path, context.environment),
  );
  const stores: CheckedUpgrade[] = [];
  for (const directory of directories) {
    const checked = await checkStore(directory, to, context);
    if (stores.length > 0) output.say();
    for (const line of upgradeLines(checked, output.style)) output.say(line);
    stores.push(checked);
  }
  const exitCode = Math.max(...stores.map(exitCodeOf));
  output.document(() => visibleJson({ exitCode, stores }, 2));
  return exitCode;
}

async function checkStore(
  directory: string,
  to: string | undefined,
  context: Context,
): Promise<CheckedUpgrade> {
  const inventory = new Store(directory).inventory();
  const { stack = "", clusterName } = inventory ?? {};
  const store = shownPath(directory);
  const about = {
    store,
    ...(stack && { stack }),
    ...(clusterName && { clusterName }),
  };
  const program = programVersionOf(directory);
  const request: UpgradeCheckRequest = {
    action: "upgrade-check",
    ...requestAbout(directory),
    ...(to !== undefined && { to }),
    ...(program !== undefined && parseAnyVersion(program) && { program }),
  };
  const result = await context.output.during(
    { phase: "upgrade check", store },
    () => runUpgradeCheck(request, context),
  );
  return typeof result === "string"
    ? { ...about, failure: result }
    : { ...about, ...result };
}
