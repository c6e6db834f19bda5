import type { KubernetesApi } from "../cluster/api";
import { StatusError } from "../cluster/errors";
import type { EtcdMaintenance } from "../cluster/etcd-maintenance";
import { isRefusal } from "../cluster/refusals";
import { inParallel } from "../cluster/retry";
import { objectNotWritten, valuesNotRewritten } from "./errors";
import { type EncryptedFolder, valuesIn } from "./values";

/** Objects that are written at once. An API server that has too much to do says when to go on. */
const AT_ONCE = 4;
/** How often all values are read. Others may write while this goes on, so the first time may miss some. */
const MOST_PASSES = 5;
/** Values that an error names. */
const EXAMPLES = 3;
/** Objects after which the progress is said. */
const PROGRESS = 1000;

export interface Rewriting {
  readonly folders: readonly EncryptedFolder[];
  readonly client: Pick<EtcdMaintenance, "range">;
  readonly api: Pick<KubernetesApi, "touch">;
  readonly say: (line: string) => void;
}

/**
 * Writes each object again whose value in etcd is not as it should be, and reads all values again, until none is left:
 * only that proves that nobody needs the earlier keys any more. Objects are touched, not sent, so that no secret passes
 * through here; and each page of values is dealt with before the next is read, so that a run that is killed loses
 * nothing.
 */
export async function rewriteValues(rewriting: Rewriting): Promise<void> {
  const { folders, say } = rewriting;
  let written = 0;
  for (let pass = 1; ; pass++) {
    let seen = 0;
    const left: string[] = [];
    for (const each of folders)
      for await (const values of valuesIn(each, rewriting.client)) {
        seen += values.length;
        const stale = values
          .filter(({ prefix }) => prefix !== each.prefix)
          .map(({ key }) => key);
        left.push(...stale);
        if (pass < MOST_PASSES)
          await inParallel(stale, AT_ONCE, async (key) => {
            await writeAgain(key, each, rewriting.api);
            if (++written % PROGRESS === 0)
              say(`encryption: ${written} values written again`);
          });
      }
    if (left.length === 0) {
      say(
        `encryption: all ${seen} values in etcd are as the program says, ${written} of them written again`,
      );
      return;
    }
    if (pass === MOST_PASSES)
      throw valuesNotRewritten(left.length, left.slice(0, EXAMPLES));
  }
}

/** Nothing is to be done for an object that is gone, or that somebody else has just written. */
async function writeAgain(
  key: string,
  { folder, path }: EncryptedFolder,
  api: Pick<KubernetesApi, "touch">,
): Promise<void> {
  const name = key.slice(folder.length);
  try {
    await api.touch(objectPath(path, name));
  } catch (error) {
    if (isRefusal(error, 404, 409)) return;
    if (error instanceof StatusError)
      throw objectNotWritten(key, error.refusal.said);
    throw error;
  }
}

/** The path of an object, from that of its resource and the rest of its key in etcd: `namespace/name`, or `name`. */
export function objectPath(resource: string, name: string): string {
  const parts = name.split("/").map(encodeURIComponent);
  if (parts.length === 1) return `${resource}/${parts[0]}`;
  const at = resource.lastIndexOf("/");
  return `${resource.slice(0, at)}/namespaces/${parts[0]}${resource.slice(at)}/${parts[1]}`;
}
