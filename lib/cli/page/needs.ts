import { compact } from "../../base/compact";
import { ETCD } from "../../catalog/components";
import {
  parseKubernetesVersion,
  type VersionRow,
  VERSIONS,
} from "../../catalog/versions";
import { isPermanent } from "../../store/artefacts";
import { STAGING } from "../../store/staging";
import { BACKUPS, LOCAL_ETCD_DATA } from "../../catalog/paths";
import type { Cluster } from "../model/cluster";
import { artefactsOf, rolloutsOf } from "../model/facts";
import { namesInWords, thousands } from "../names";
import { lastBackup } from "../report/last-backup";
import { day } from "../report/validity";
import { code, item, list, type Section, table, text, words } from "./document";

/** What a backup has to contain. Nothing can say whether there is one. */
export function backupSection(cluster: Cluster): Section {
  const { facts, layers } = cluster;
  const { store, files } = facts;
  const folders = new Map<string, number>();
  for (const file of files) {
    const [folder] = file.split("/");
    if (TEMPORARY.includes(folder)) continue;
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const kept = keptFolders(cluster);
  const hasEtcd = layers.some(({ components }) =>
    components.some(({ name }) => name === ETCD.id),
  );
  return {
    title: "Backups",
    blocks: compact(
      text(
        words`A backup has to contain all of ${code(store)}: it holds keys that are made only once. Save it after every deploy, where nobody else can read it. Nobody has confirmed that there is a backup of it, and this command cannot see one.`,
      ),
      folders.size === 0
        ? text(words`Nothing was made yet.`)
        : table(
            ["In the store", "Files", "If it is lost"],
            [...folders]
              .sort(byImportance(kept))
              .map(([name, number]) => [
                item(words`${code(name)}`),
                item(thousands(number)),
                kept.has(name)
                  ? item("only a backup helps", "due")
                  : item("a deploy makes it again"),
              ]),
          ),
      hasEtcd && text(etcdWords(cluster)),
    ),
  };
}

/** The folders of a run in progress. */
const TEMPORARY = [".lock", STAGING];

/** The folders of what is never made twice. */
function keptFolders({ facts }: Cluster): ReadonlySet<string> {
  const permanent = artefactsOf(facts)
    .filter(({ of }) => isPermanent({ kind: of }))
    .flatMap(({ files }) => files);
  return new Set(
    [...permanent, LOCAL_ETCD_DATA, BACKUPS].map((path) => path.split("/")[0]),
  );
}

const byImportance =
  (kept: ReadonlySet<string>) =>
  ([a]: readonly [string, number], [b]: readonly [string, number]): number =>
    Number(kept.has(b)) - Number(kept.has(a)) || a.localeCompare(b);

function etcdWords(cluster: Cluster) {
  const { facts, nodes } = cluster;
  const members = nodes.filter(({ components }) =>
    components.some(({ name }) => name === ETCD.id),
  );
  const runsHere = members.some(({ components }) =>
    components.some(({ runs }) => runs === "process"),
  );
  const folder =
    rolloutsOf(facts)[0]?.etcd?.dataDir ?? facts.inventory?.etcd?.dataDir;
  if (members.length === 0)
    return words`The cluster's objects are in an etcd that is set up elsewhere: it needs a backup of its own.`;
  if (runsHere)
    return words`The cluster's objects are in ${code(`${facts.store}/${LOCAL_ETCD_DATA}`)}.`;
  return words`The cluster's objects are not in the store, but in etcd${folder === undefined ? "" : words` (${code(folder)})`} on ${namesInWords(members.map(({ name }) => name))}: take snapshots of it, too. ${lastBackupWords(cluster)}`;
}

/** The newest backup that the store knows: one in it, or a snapshot on a host that a check has found. */
function lastBackupWords({ facts }: Cluster) {
  const last = lastBackup(facts.inventory ?? {}, facts.files);
  if (last === undefined) return words`No backup of etcd is known.`;
  const { time, node, file = "" } = last;
  return words`The last backup of etcd that is known was made on ${day(time)}: ${node === undefined ? words`it is ${code(file)} in the store, so copy it to another place` : words`a snapshot on ${node}, without the keys`}.`;
}

/** To which versions an upgrade may lead, and what it needs. */
export function upgradeSection({ version, facts }: Cluster): Section {
  const present = facts.inventory?.kubernetesVersion ?? version;
  const row =
    present === undefined ? undefined : parseKubernetesVersion(present);
  if (row === undefined) return { title: "What an upgrade needs", blocks: [] };
  const next = VERSIONS.find(
    ({ minor, deployable }) => deployable && minor === row.minor + 1,
  );
  return {
    title: "What an upgrade needs",
    blocks: compact(
      text(
        words`The cluster has ${row.text}${facts.recorded === undefined ? ", according to the program" : `, as recorded on ${day(facts.recorded)}`}. Upgrade one minor version at a time, and never go back.`,
      ),
      table(
        ["Allowed", "Compared with kubeadm", "etcd", "CoreDNS", "pause"],
        [
          versionRow(`a later 1.${row.minor}`, row),
          ...(next ? [versionRow(`1.${next.minor}`, next)] : []),
        ],
      ),
      !next &&
        text(
          words`1.${row.minor} is the newest minor version that this version of the library knows.`,
        ),
      list([
        item(
          words`Set ${code("kubernetesVersion")}, and read ${code("cdktf-control-plane plan")}. Synthesis refuses flags that the new version does not have.`,
        ),
        item(
          words`${code("cdktf-control-plane deploy")} changes one node after the other, and waits until each is healthy.`,
        ),
        item(
          words`kubelet is a package of the host, unless the program delivers binaries: upgrade it afterwards, node by node. It may be up to three minor versions older than the API servers, and never newer.`,
        ),
      ]),
    ),
  };
}

const versionRow = (name: string, row: VersionRow) =>
  [
    name,
    row.measured,
    row.etcdImageTag,
    row.coreDnsImageTag,
    row.pauseImageTag,
  ].map((each) => item(each));

/** What a renewal restarts, and what new keys of the authorities would mean. */
export function rotationSection({
  certificates,
  authorities,
}: Cluster): Section {
  const renewed = certificates.filter(
    ({ isAuthority, isLeft }) => !isAuthority && !isLeft,
  );
  const users = [...new Set(renewed.map(({ component }) => component))];
  const rows = users.map((component) => {
    const all = renewed.filter((one) => one.component === component);
    const nodes = [...new Set(all.flatMap(({ node }) => node ?? []))];
    const first = all.flatMap(({ renewal }) => renewal ?? []).sort()[0];
    return [
      item(component ?? "nothing: hand out the new files"),
      item(namesInWords(nodes)),
      item(thousands(all.length)),
      item(first === undefined ? "" : day(first)),
    ];
  });
  const hasKeyPair = authorities.some(({ kind }) => kind === "key-pair");
  return {
    title: "What a rotation needs",
    blocks:
      renewed.length === 0
        ? []
        : [
            text(
              words`From its renewal date on, a deploy makes a certificate again, with a new key. It then restarts what reads it, one node after the other. ${code("cdktf-control-plane renew")} asks for new keys before that date.`,
            ),
            table(["Restarts", "On", "Certificates", "First renewal"], rows),
            list(
              compact(
                item(
                  words`A CA keeps its key. To let it live longer, raise ${code("caCertificateValidity")}: it is signed again with the same key, and everything that it signed stays valid.`,
                ),
                item(
                  words`For a new key, raise the generation of the CA in ${code("keys")}. The deploy makes all ${thousands(renewed.length)} certificates again, and the previous generation stays trusted until ${code("trustPrevious: false")}: hand out the new kubeconfigs before.`,
                ),
                hasKeyPair &&
                  item(
                    words`The key of the service accounts has a generation, too. Set ${code("trustPrevious: false")} when no token of the previous one is in use: tokens in running pods may live for a year.`,
                  ),
              ),
            ),
          ],
  };
}
