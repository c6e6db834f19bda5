import type { RolloutRequest } from "../../request/request";
import { hasApiServer, hasEtcd } from "../../request/roles";
import type { Inventory } from "../../store/inventory";
import { backUp } from "../backup/backup";
import { isRestoreDue } from "../backup/restore";
import { sizeInWords } from "../../base/size";
import type { Session } from "./session";

/** How many of the backups that were made before one kind of change are kept. */
const KEPT = 5;

/** Why the cluster is saved before anything is changed, as a part of the backup's name; `undefined` if it is not. */
export function reasonToSave(
  request: RolloutRequest,
  inventory: Inventory,
): string | undefined {
  const { restore, noSnapshots, pool, etcd, kubernetesVersion } = request;
  if (noSnapshots || pool || !etcd) return undefined;
  if (isRestoreDue(restore, inventory)) return "restore";
  const isOther = (runs: string | undefined, wanted: string | undefined) =>
    runs !== undefined && wanted !== undefined && runs !== wanted;
  const upgrades = request.nodes.some((node) => {
    const { runs, tree } = inventory.nodes?.[node.name] ?? {};
    return (
      tree !== undefined &&
      ((hasApiServer(node) && isOther(runs?.kubernetes, kubernetesVersion)) ||
        (hasEtcd(node) && isOther(runs?.etcd, etcd.version)))
    );
  });
  return upgrades ? kubernetesVersion : undefined;
}

/** Saves the cluster into the store, and says where. @param before why, as a part of the backup's name */
export async function save(
  request: RolloutRequest,
  session: Session,
  before = reasonToSave(request, session.inventory),
): Promise<void> {
  const { store, say } = session.work;
  const { path, size, manifest } = await backUp(session, {
    before,
    retention: { number: KEPT },
  });
  const shown = store.shown(path.slice(store.directory.length + 1));
  say(
    `${request.clusterName}: etcd at revision ${manifest.etcd.revision} saved in ${shown} (${sizeInWords(size)})`,
  );
}
