import { ETCDUTL } from "../../catalog/etcd-backup";
import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { ETCD } from "../../catalog/etcd";
import { MANIFESTS_DIR, NODE_STATE_DIR } from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import type { RestoreRequest } from "../../request/request";
import { hasEtcd } from "../../request/roles";
import { etcdutlMissing, notRestored } from "../backup/errors";
import {
  isRestoreDue,
  restoreArguments,
  type RestoreOptions,
  snapshotStream,
  withRestored,
} from "../backup/restore";
import { stageBinaries, stagedPath } from "../hosts/binaries";
import { readHost } from "../hosts/delivery";
import type { KubernetesApi } from "../cluster/api";
import { nodeNames } from "../cluster/nodes";
import { failedDelivery, redirectablePath } from "../hosts/errors";
import RESTORE_DATA from "../hosts/scripts/restore-data.sh";
import STAGE_BINARY from "../hosts/scripts/stage-binary.sh";
import { lastLines } from "../hosts/ssh-failure";
import { componentsAfter } from "./delivery";
import { commandOfPod, commandOfUnit } from "./etcd-initial-flags";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import { ETCD_MANIFEST, ETCD_UNIT, RESTORED_MARK } from "./present";
import { giveEtcdData } from "./takeover";
import { readTreeYaml } from "./tree-yaml";
import { ETCD_POD, restoringPod } from "./restoring-pod";

/** The folder on a host in which the snapshot waits. */
const SNAPSHOTS = `${NODE_STATE_DIR}/snapshots`;
/** Seconds for making the data of one member: a database may have gigabytes. */
const LIMIT = 30 * 60;

/** Examines the backup before anything is touched, and records that the restore begins. */
export async function prepareRestore(cluster: LiveCluster): Promise<void> {
  const { session, request } = cluster;
  const { restore } = request;
  if (!restore || !isRestoreDue(restore, session.inventory)) return;
  await cluster.backupOf(restore);
  for (const node of cluster.nodes.filter(isUnit))
    await requireEtcdutl(node, restore);
  const { restoring } = session.inventory;
  if (restoring?.snapshot === restore.snapshot) return;
  // The same token for all members, also if this run is killed: members with different ones do not find each other.
  const token = `restored-${randomBytes(8).toString("hex")}`;
  await session.saveInventory({
    ...session.inventory,
    restoring: { snapshot: restore.snapshot, token },
  });
}

/** Sets a member's data aside, and makes new data from the snapshot. */
export async function restoreData(
  node: LiveNode,
  cluster: LiveCluster,
): Promise<void> {
  const { request, session } = cluster;
  const { restore, etcd } = request;
  const { restoring } = session.inventory;
  if (!restore || !etcd || !restoring)
    throw new Error("no restore was prepared");
  await node.setEtcdDataAside();
  // A new machine first needs kubelet, which runs the pod, or the user of the unit.
  const component = node.component(ETCD.id)!;
  await node.deliver({
    without: [component, ...componentsAfter(node.request, ETCD.id)],
  });
  const backup = await cluster.backupOf(restore);
  const snapshot = await sendSnapshot(
    node,
    restore,
    snapshotStream(restore, backup),
  );
  const options = {
    file: snapshot,
    dataDir: `${etcd.dataDir}/restored`,
    token: restoring.token,
    members: request.nodes
      .filter((each) => hasEtcd(each) && !each.retire)
      .map(({ name }) => name),
  };
  await makeData(node, etcd.dataDir, restore, options);
  const [unit] = node.comparison.unitsOf([component]);
  if (unit) await giveEtcdData(node.host, etcd.dataDir, unit);
  await node.tookData();
  session.work.say(
    `${node.name}: etcd has the data of ${restore.created}, revision ${restore.revision}`,
  );
}

/** Records that the restore is done, and names what it brought back and the program does not know. */
export async function recordRestore(
  { request, session }: LiveCluster,
  api: KubernetesApi,
): Promise<void> {
  const { restore, nodes, pools, pool } = request;
  if (pool || !restore || !isRestoreDue(restore, session.inventory)) return;
  const { clock, say } = session.work;
  const time = new Date(clock.now()).toISOString();
  await session.saveInventory(withRestored(session.inventory, restore, time));
  const known = [
    ...nodes.map(({ name }) => name),
    ...Object.values(pools).flat(),
  ];
  for (const name of await nodeNames(api))
    if (!known.includes(name))
      say(
        `${name}: the restored data have this node, and the program does not. If its machine is gone, run: kubectl delete node ${name}`,
      );
}

async function sendSnapshot(
  { host }: LiveNode,
  { file, snapshot }: RestoreRequest,
  input: NodeJS.ReadableStream,
): Promise<string> {
  const { exitCode, stderr } = await host.run(STAGE_BINARY, {
    args: ["", SNAPSHOTS, snapshot],
    input,
    timeout: LIMIT * 1000,
  });
  if (exitCode !== 0)
    throw failedDelivery(host.name, `${file}: ${lastLines(stderr)}`);
  return `${SNAPSHOTS}/${snapshot}`;
}

async function makeData(
  node: LiveNode,
  dataDir: string,
  restore: RestoreRequest,
  options: RestoreOptions,
): Promise<void> {
  const { host, name, props } = node;
  const manifest = props.tree.find(({ path }) => path === ETCD_MANIFEST);
  const attempt = `etcd-restore-${randomBytes(4).toString("hex")}`;
  const pod = manifest && readTreeYaml(manifest, ETCD_POD);
  const args = restoreArguments(commandOf(node), options);
  const program = pod ? undefined : await etcdutlOf(node, restore);
  const { exitCode, stderr } = await host.run(RESTORE_DATA, {
    args: [
      dataDir,
      options.file,
      RESTORED_MARK,
      options.token,
      pod ? `${MANIFESTS_DIR}/${attempt}.yaml` : "",
      `${attempt}-${name}`,
      String(2 * LIMIT),
      ...(program === undefined ? [] : [program, ...args]),
    ],
    ...(pod && {
      input: Buffer.from(
        toYaml(
          restoringPod(pod, { name: attempt, args, snapshots: SNAPSHOTS }),
        ),
      ),
    }),
    timeout: LIMIT * 1000,
  });
  if (exitCode !== 0) throw notRestored(name, [lastLines(stderr)]);
}

/** Whether etcd is a unit there. */
const isUnit = ({ request }: LiveNode): boolean =>
  request.components.some(({ name, unit }) => name === ETCD.id && unit);

/** The command with which the node's etcd is started. */
function commandOf({ name, props }: LiveNode): readonly string[] {
  for (const file of props.tree) {
    if (file.path === ETCD_MANIFEST)
      return commandOfPod(readTreeYaml(file, ETCD_POD));
    if (file.path === ETCD_UNIT) return commandOfUnit(file.content.toString());
  }
  throw new Error(`the tree of ${name} has no etcd`);
}

/** Throws if a host with units has no etcdutl beside etcd, and none is delivered. */
async function requireEtcdutl(
  node: LiveNode,
  { program }: RestoreRequest,
): Promise<void> {
  if (program) return;
  const { host, name } = node;
  const path = besideEtcd(node);
  const { files, flaws = [] } = await readHost(host, [path], {
    programs: [path],
    readOnly: true,
  });
  if (flaws.length > 0) throw notRestored(name, [redirectablePath(flaws[0])]);
  if (!files.has(path)) throw etcdutlMissing(name, `in ${posix.dirname(path)}`);
}

/** The path of etcdutl on a host with units. It is sent only now, because a delivery removes what is staged. */
async function etcdutlOf(
  node: LiveNode,
  { program: source }: RestoreRequest,
): Promise<string> {
  if (!source) return besideEtcd(node);
  const binary = { path: ETCDUTL, source };
  await stageBinaries(node.host, [binary]);
  return stagedPath(binary);
}

const besideEtcd = (node: LiveNode): string =>
  posix.join(posix.dirname(commandOf(node)[0]), ETCDUTL);
