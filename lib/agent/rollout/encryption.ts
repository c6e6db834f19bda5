import {
  ENCRYPTED,
  ENCRYPTION_KEYS,
  encryptionPrefix,
  KEYED_PROVIDERS,
} from "../../catalog/encryption";
import type { RolloutRequest } from "../../request/request";
import { AgentError } from "../../base/errors";
import { chooseMember } from "../backup/source";
import { isRestoreDue } from "../backup/restore";
import type { EtcdMaintenance } from "../cluster/etcd-maintenance";
import { reachEtcd } from "../etcd/reach";
import { save } from "./save";
import type { Session } from "./session";
import { encryptionKeys } from "../encryption/configuration";
import {
  encryptionLeftProgram,
  etcdNotHealthy,
  unknownEncryptionKeys,
} from "../encryption/errors";
import { rewriteValues } from "../encryption/rewrite";
import {
  type EncryptionView,
  isSettled,
  withBegun,
  withSettled,
} from "../encryption/stage";
import { foldersOf, prefixesIn } from "../encryption/values";

/**
 * Before anything is changed: refuses what would leave values that no API server can read, and records what begins, so
 * that nothing is taken for proved until a rollout has proved it.
 *
 * @param view absent if the program encrypts nothing
 */
export async function prepareEncryption(
  request: RolloutRequest,
  session: Session,
  view: EncryptionView | undefined,
): Promise<void> {
  const { encryption: target, pool } = request;
  const { inventory } = session;
  const { encryption: before, encrypting } = inventory;
  if (pool) return;
  if (!target || !view) {
    const known = encrypting ?? before;
    if (known && (encrypting || known.provider !== "identity"))
      throw encryptionLeftProgram(known);
    return;
  }
  // A configuration that is none of ours proves the contrary: the record may be that of an older copy of the store.
  const isProved =
    view.isSettled && view.servers.every(({ has }) => has !== "other");
  if (!isProved) await requireKeys(request, session);
  if (isProved && isSettled(target, inventory)) return;
  await session.saveInventory(
    isProved ? withSettled(inventory, target) : withBegun(inventory, target),
  );
}

/** Throws if etcd answers and has a value of these resources that no key of the store can decrypt. */
async function requireKeys(
  { encryption, restore }: RolloutRequest,
  session: Session,
): Promise<void> {
  const client = await etcdOf(session);
  // What etcd has now is replaced.
  if (!encryption || !client || isRestoreDue(restore, session.inventory))
    return;
  const { store } = session.work;
  const { prefix } = encryption;
  const generations = [...encryptionKeys(store).keys()];
  const known = KEYED_PROVIDERS.flatMap((provider) =>
    generations.map((generation) => encryptionPrefix({ provider, generation })),
  );
  const folders = foldersOf(encryption, session.inventory, prefix);
  const found = await prefixesIn(folders, client);
  const unknown = [...found].filter(
    ([each]) => each.startsWith(ENCRYPTED) && !known.includes(each),
  );
  if (unknown.length > 0)
    throw unknownEncryptionKeys(unknown, store.shown(ENCRYPTION_KEYS));
}

/** A healthy member of etcd; `undefined` if there is none. */
async function etcdOf(session: Session): Promise<EtcdMaintenance | undefined> {
  try {
    const cluster = await reachEtcd(session);
    const member = chooseMember(await cluster.state());
    return member && cluster.client(member.name);
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}

/** Writes all values again that are not as the program says, and proves in etcd that none is left. */
export async function rewriteAll(
  { encryption, nodes }: RolloutRequest,
  session: Session,
): Promise<void> {
  if (!encryption) return;
  const client = await etcdOf(session);
  if (!client) throw etcdNotHealthy();
  await rewriteValues({
    folders: foldersOf(encryption, session.inventory, encryption.prefix),
    client,
    api: await session.api(nodes.filter(({ retire }) => !retire)),
    say: session.work.say,
  });
}

/** Saves etcd while every key is still in use, and records that all values are as the program says. */
export async function settle(
  request: RolloutRequest,
  session: Session,
): Promise<void> {
  const { encryption, noSnapshots } = request;
  if (!encryption) return;
  if (!noSnapshots) await save(request, session, "encryption");
  await session.saveInventory(withSettled(session.inventory, encryption));
}
