import {
  LOCAL_ENCRYPTION,
  LOCAL_ETCD_DATA,
  PROCESSES,
  PROXIES,
} from "../catalog/paths";
import { isPermanent, pathsIn } from "../store/artefacts";
import { files } from "../base/counted";
import type { Work } from "../store/work";
import { processFiles, stopProcesses } from "./processes/stop";
import type { Stamp } from "../request/artefact";
import type { TeardownRequest } from "../request/request";
import { resetHosts } from "./rollout/reset";
import { stampPath } from "../store/bookkeeping";
import { keptIn } from "../store/kept";
import { undoUnlisted } from "./make/undo";

/** The folders that the library makes in a store; anything else belongs to the user. */
const OWN = [
  "nodes",
  "kubeconfigs",
  "objects",
  "pending",
  PROXIES,
  "tokens",
  ".staging",
];

/**
 * Stops what was started on hosts, and removes what was made. Keys that cannot be made again are removed only on
 * request. It works even if parts of the store are missing. If a host is not cleaned, it fails before it removes any
 * file, because the inventory is needed to try again.
 *
 * @param givenUp the nodes whose hosts may stay as they are
 */
export async function runTeardown(
  request: TeardownRequest,
  work: Work,
  givenUp: readonly string[] = [],
): Promise<void> {
  const { store, say } = work;
  const owner = store.inventory()?.stack;
  if (owner && owner !== request.stack)
    return say(
      `${store.shown()}: belongs to the stack ${owner}, left as it is`,
    );

  await undoUnlisted([], work);
  await stopProcesses(work);
  await resetHosts(work, {
    etcdData: request.retainAuthorities ? "kept" : "removed",
    givenUp,
  });
  const keeps = request.retainAuthorities
    ? (path: string, permanent: boolean) => permanent || path.startsWith("pki/")
    : () => false;
  const stamps = [...store.stamps()];
  const going = stamps.filter(
    ([path, stamp]) => !keeps(path, isPermanent(stamp)),
  );
  // A stamp that was tampered with may name files of other artefacts.
  const kept = new Set(
    stamps.filter((stamp) => !going.includes(stamp)).flatMap(filesOf),
  );
  const folders = request.retainAuthorities ? OWN : [...OWN, "pki"];
  const paths = new Set([
    "known_hosts",
    ...going
      .flatMap(filesOf)
      .filter((path) => !kept.has(path) && !keeps(path, false)),
    ...folders.flatMap((folder) => store.files(folder)),
  ]);
  const count = [...paths].filter((path) => store.has(path)).length;
  store.remove([
    ...folders,
    // The data of a local etcd stay if the data on hosts stay.
    ...(request.retainAuthorities
      ? [...processFiles(store), LOCAL_ENCRYPTION]
      : [PROCESSES]),
    ...paths,
    ...going.map(([path]) => stampPath(path)),
    // The marks of a check are among the stamps.
    ...store.files(".stamps/nodes"),
  ]);
  store.remove(
    request.retainAuthorities
      ? ["inventory.json"]
      : ["inventory.json", ".stamps", ".lock"],
  );
  store.removeIfEmpty();

  say(`${store.shown()}: ${files(count)} removed`);
  if (request.retainAuthorities && store.files(LOCAL_ETCD_DATA).length > 0)
    say(
      `${store.shown(LOCAL_ETCD_DATA)}: kept, because it holds etcd's data; delete it when you no longer need them`,
    );
  const left = keptIn(store);
  if (left)
    say(
      `${left.paths.map((path) => store.shown(path)).join(", ")}: kept, with ${left.what}; delete them when nothing needs them any more`,
    );
}

const filesOf = ([, { files }]: readonly [string, Stamp]): string[] =>
  pathsIn(files);
