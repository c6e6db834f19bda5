import { ETCDUTL } from "../../catalog/etcd-backup";
import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { syncDirectory } from "../../base/files";
import { LOCAL_ETCD_DATA } from "../../catalog/paths";
import type { RestoreRequest } from "../../request/request";
import { etcdutlMissing, notRestored } from "../backup/errors";
import type { VerifiedBackup } from "../backup/read";
import {
  openBackup,
  restoreArguments,
  snapshotStream,
} from "../backup/restore";
import { runChild } from "../hosts/child";
import { lastLines } from "../hosts/ssh-failure";
import type { LocalProcess } from "../processes/processes";
import { findProgram, searchedIn } from "../processes/system";
import type { Session } from "../rollout/session";

/** Milliseconds: a database may have gigabytes. */
const TIMEOUT = 30 * 60_000;

/** Examines the backup. Throws if the restore would fail, before anything is stopped for it. */
export async function checkRestore(
  restore: RestoreRequest,
  etcd: LocalProcess,
  { work: { store } }: Session,
  encrypts: boolean,
): Promise<VerifiedBackup> {
  programOf(etcd);
  return openBackup(restore, store, encrypts);
}

/** Replaces the data of the local etcd, which does not run, with those of a backup. The present data are kept beside them. */
export async function restoreLocalData(
  restore: RestoreRequest,
  backup: VerifiedBackup,
  etcd: LocalProcess,
  { work }: Session,
): Promise<void> {
  const { store, say, now } = work;
  const program = programOf(etcd);
  const folder = store.at(LOCAL_ETCD_DATA);
  const made = join(folder, "restored");
  const file = join(folder, "snapshot.db");
  const member = join(folder, "member");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // What is left of a restore that was killed.
  for (const path of [made, file])
    await rm(path, { recursive: true, force: true });
  try {
    await pipeline(
      snapshotStream(restore, backup),
      createWriteStream(file, { flags: "wx", mode: 0o600 }),
    );
    const { exitCode, stdout, stderr } = await runChild(
      [
        program,
        ...restoreArguments(etcd.command, {
          file,
          dataDir: made,
          token: `restored-${randomBytes(8).toString("hex")}`,
        }),
      ],
      { timeout: TIMEOUT },
    );
    if (exitCode !== 0)
      throw notRestored(
        etcd.name,
        lastLines(stderr || stdout.toString()).split("\n"),
      );
    if (existsSync(member)) {
      const time = now.toISOString().replace(/[-:]|\.\d+Z/g, "");
      const aside = `member.${time}`;
      await rename(member, join(folder, aside));
      say(
        `etcd: its old data are kept in ${store.shown(`${LOCAL_ETCD_DATA}/${aside}`)}`,
      );
    }
    await rename(join(made, "member"), member);
    await syncDirectory(folder);
  } finally {
    for (const path of [made, file])
      await rm(path, { recursive: true, force: true });
  }
}

/** etcdutl lies where etcd lies. */
function programOf({ name, command: [etcd], directory }: LocalProcess): string {
  const word = etcd.includes("/")
    ? posix.join(dirname(etcd), ETCDUTL)
    : ETCDUTL;
  const program = findProgram(word, directory);
  if (program === undefined)
    throw etcdutlMissing(name, searchedIn(word, directory));
  return program;
}
