import { ETCD } from "../catalog/components";
import { loopbackUrl } from "../catalog/etcd";
import {
  CRICTL,
  ETCD_BACKUP,
  ETCD_BACKUP_UNITS,
  etcdBackup,
  etcdBackupPaths,
  ETCDCTL,
} from "../catalog/etcd-backup";
import { certificatePath } from "../catalog/paths";
import type { Site, SiteNode } from "../catalog/site";
import { etcdRuntime, unitName } from "../catalog/units";
import type { ComponentRequest, NodeBackupRequest } from "../request/request";
import { startupTimeout } from "./static-pod";
import { commandLine, unitFile, type UnitQuote } from "./unit";

/** A file with which a node saves etcd. */
export interface EtcdBackupFile {
  /** The id of its construct. */
  readonly id: string;
  readonly path: string;
  readonly mode: "0644" | "0700";
  readonly text: string;
  readonly purpose: string;
}

/** Seconds that etcd may take to answer. After a boot, a timer that makes up for a missed run starts earlier than etcd. */
const PATIENCE = 120;
/** Instead of the socket of a container runtime: etcd runs on the host itself. */
const ON_HOST = "-";

/**
 * The files with which a node of etcd saves it; none if it does not. A changed schedule changes only the timer.
 *
 * @param script the text of the script that the service starts
 */
export function etcdBackupFiles(
  site: Site,
  node: SiteNode,
  script: string,
  quote: UnitQuote,
): EtcdBackupFile[] {
  const backup = etcdBackup(site);
  if (!backup) return [];
  const paths = etcdBackupPaths(site);
  return [
    {
      id: "backup-script",
      path: paths.script,
      mode: "0700",
      text: script,
      purpose: "script that saves etcd",
    },
    {
      id: "backup-service",
      path: paths.service,
      mode: "0644",
      text: service(site, node, quote),
      purpose: "unit that saves etcd",
    },
    {
      id: "backup-timer",
      path: paths.timer,
      mode: "0644",
      text: timer(backup.schedule),
      purpose: "timer that saves etcd",
    },
  ];
}

const timer = (schedule: string): string =>
  unitFile({
    Unit: [["Description", "the times at which etcd is saved on this host"]],
    Timer: [
      ["OnCalendar", schedule],
      // All members decide at the same time which of them acts.
      ["AccuracySec", "1s"],
      ["RandomizedDelaySec", "0"],
      ["Persistent", "true"],
      ["Unit", ETCD_BACKUP_UNITS.service],
    ],
    Install: [["WantedBy", "timers.target"]],
  });

function service(site: Site, node: SiteNode, quote: UnitQuote): string {
  const { keep, directory } = etcdBackup(site)!;
  const etcdctl = backupBinary(site);
  const after = [
    "network-online.target",
    ...(etcdctl === undefined ? [] : [unitName(ETCD.id)]),
  ];
  const pki = (path: string): string => certificatePath(site, `etcd/${path}`);
  const [dataDir] = ETCD.directories?.(site) ?? [];
  const words = [
    site.clusterName,
    directory,
    String(keep),
    dataDir,
    String(PATIENCE),
    etcdctl === undefined ? node.criSocket : ON_HOST,
    etcdctl ?? ETCDCTL,
    `--endpoints=${loopbackUrl(site, node)}`,
    `--cacert=${pki("ca.crt")}`,
    `--cert=${pki("healthcheck-client.crt")}`,
    `--key=${pki("healthcheck-client.key")}`,
  ];
  return unitFile({
    Unit: [
      ["Description", "saves etcd on this host, if it is its turn"],
      ["Documentation", "https://etcd.io/docs/latest/op-guide/recovery/"],
      ["Wants", "network-online.target"],
      ["After", after.join(" ")],
    ],
    Service: [
      ["Type", "oneshot"],
      [
        "ExecStart",
        commandLine([
          etcdBackupPaths(site).script,
          ...words.map((word) => quote.word(word)),
        ]),
      ],
      ["UMask", "0077"],
      ["NoNewPrivileges", "true"],
      ["ProtectKernelModules", "true"],
      // The API servers need the disk more urgently.
      ["Nice", "19"],
      ["IOSchedulingClass", "idle"],
    ],
  });
}

/** The component that saves etcd on a node of etcd: its unit is the timer. */
export const etcdBackupComponents = (site: Site): ComponentRequest[] =>
  etcdBackup(site)
    ? [
        {
          name: ETCD_BACKUP,
          unit: ETCD_BACKUP_UNITS.timer,
          // It has no health check: systemd reports whether the timer runs.
          ports: [],
          timeout: startupTimeout(site),
        },
      ]
    : [];

/** What the agent examines on a host that saves etcd. */
export function nodeBackupRequest(site: Site): NodeBackupRequest | undefined {
  const backup = etcdBackup(site);
  return (
    backup && {
      schedule: backup.schedule,
      directory: backup.directory,
      program: backupBinary(site) ?? CRICTL,
    }
  );
}

/** The path of etcdctl on a host; `undefined` if it is in etcd's image, or if nothing is saved. */
export function backupBinary(site: Site): string | undefined {
  const runtime = etcdRuntime(site);
  return etcdBackup(site) && runtime.kind === "systemd"
    ? `${runtime.binaryDirectory}/${ETCDCTL}`
    : undefined;
}
