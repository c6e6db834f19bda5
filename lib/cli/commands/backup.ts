import { resolve } from "node:path";
import { verifyBackup } from "../../agent/backup/read";
import { AgentError } from "../../base/errors";
import { visibleJson } from "../../base/visible";
import type { BackupRequest } from "../../request/request";
import { Store } from "../../store/store";
import { wrongArguments } from "../errors";
import { runBackup } from "../plan/agent";
import { requestAbout, usableStore } from "../plan/stores";
import type { Context } from "../plan/workspace";
import {
  backupLines,
  type ReadBackup,
  type SavedStore,
  verifiedLines,
} from "../report/backup-lines";
import { shownPath } from "../text";
import { usageOf } from "./help";

export interface BackupOptions {
  readonly to?: string;
  readonly keep?: number;
  readonly keepDays?: number;
}

/** Saves the cluster of each store. */
export async function backup(
  paths: readonly string[],
  options: BackupOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  const directories = paths.map((path) =>
    usableStore(path, context.environment),
  );
  const stores: SavedStore[] = [];
  for (const directory of directories) {
    const saved = await saveStore(directory, options, context);
    if (stores.length > 0) output.say();
    for (const line of backupLines(saved, output.style)) output.say(line);
    stores.push(saved);
  }
  const exitCode = stores.some(({ failure }) => failure !== undefined) ? 1 : 0;
  output.document(() => visibleJson({ exitCode, stores }, 2));
  return exitCode;
}

async function saveStore(
  directory: string,
  { to, ...retention }: BackupOptions,
  context: Context,
): Promise<SavedStore> {
  const inventory = new Store(directory).inventory();
  const { clusterName } = inventory ?? {};
  const store = shownPath(directory);
  const request: BackupRequest = {
    action: "backup",
    ...requestAbout(directory),
    ...(to !== undefined && { to: resolve(to) }),
    ...retention,
  };
  const result = await context.output.during({ phase: "backup", store }, () =>
    runBackup(request, context),
  );
  const about = { store, ...(clusterName && { clusterName }) };
  if (typeof result === "string") return { ...about, failure: result };
  const { path, ...backup } = result;
  return { ...about, backup: { ...backup, file: shownPath(path) } };
}

/** Reads backups, and says of each whether it is whole. */
export async function verifyBackups(
  paths: readonly string[],
  { output, clock }: Context,
): Promise<number> {
  if (paths.length === 0) throw wrongArguments("backup", usageOf("backup"));
  const files: ReadBackup[] = [];
  for (const path of paths) {
    const read = await readBackup(path);
    if (files.length > 0) output.say();
    for (const line of verifiedLines(read, clock.now(), output.style))
      output.say(line);
    files.push(read);
  }
  const exitCode = files.some(({ failure }) => failure !== undefined) ? 2 : 0;
  output.document(() => visibleJson({ exitCode, files }, 2));
  return exitCode;
}

async function readBackup(path: string): Promise<ReadBackup> {
  const file = shownPath(resolve(path));
  try {
    const { manifest, size } = await verifyBackup(resolve(path), file);
    return { file, manifest, size };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { file, failure: error.message };
  }
}
