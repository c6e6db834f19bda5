import { ENCRYPTED, encryptionPrefix } from "../../catalog/encryption";
import type { RolloutRequest } from "../../request/request";
import { AgentError } from "../../base/errors";
import { ENCRYPTION_KEYS, KEYED_PROVIDERS } from "../../catalog/encryption";
import { chooseMember } from "../backup/source";
import { isRestoreDue } from "../backup/restore";
import type { EtcdMaintenance } from "../cluster/etcd-maintenance";
import { reachEtcd } from "../etcd/reach";
import { save } from "./save";
import type { Session } from "./session";
import { encryptionKeys } from "../encryption/configuration";
import {
  encryptionLeftProgram,
  unknownEncryptionKeys,
} from "../encryption/errors";
import { rewriteValues } from "../encryption/rewrite";
import { isSettled, withBegun, withSettled } from "../encryption/stage";
import { foldersOf, prefixesIn } from "../encryption/values";

/**
 * Before anything is changed: refuses what would leave values that no API server can read, and records what begins, so
 * that nothing is taken for proved until a rollout has proved it.
 *
 * @param isNew etcd has no data, so the API servers write all values as the program says
 */
export async function prepareEncryption(
  request: RolloutRequest,
  session: Session,
  isNew: boolean,
): Promise<void> {
  const { encryption: target, restore, pool } = request;
  const { inventory } = session;
  if (pool) return;
  if (!target) {
    const known = inventory.encrypting ?? inventory.encryption;
    if (known && known.provider !== "identity")
      throw encryptionLeftProgram(known.generation);
    return;
  }
  const restores = isRestoreDue(restore, inventory);
  if (isNew && !restores)
    return session.saveInventory(withSettled(inventory, target));
  if (!restores && isSettled(target, inventory)) return;
  await requireKeys(request, session);
  await session.saveInventory(withBegun(inventory, target));
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
  const cluster = await reachEtcd(session);
  const member = chooseMember(await cluster.state());
  if (!member) throw new Error("no member of etcd is healthy");
  await rewriteValues({
    folders: foldersOf(encryption, session.inventory, encryption.prefix),
    client: cluster.client(member.name),
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
