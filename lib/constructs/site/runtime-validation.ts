import { type ComponentRow, componentsOf } from "../../catalog/components";
import {
  KUBE_PROXY_DIR,
  KUBELET_DIR,
  KUBERNETES_DIR,
  NODE_STATE_DIR,
  UNITS_DIR,
} from "../../catalog/paths";
import type { Site, SystemdRuntime } from "../../catalog/site";
import { runtimeOf } from "../../catalog/units";
import { invalidPath } from "../errors";
import { isPlainPath } from "../hosts";
import * as errors from "./runtime-errors";

/** The directories that `ProtectHome` and `PrivateTmp` hide from units. */
const HIDDEN = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"];

/** Directories that other programs on a host use. Their owner must not change, nor that of a directory above them. */
const SHARED = [
  "/bin",
  "/boot",
  "/dev",
  "/lib",
  "/lib64",
  "/media",
  "/mnt",
  "/opt",
  "/proc",
  "/run/systemd",
  "/sbin",
  "/srv",
  "/sys",
  "/usr/bin",
  "/usr/lib",
  "/usr/libexec",
  "/usr/local/bin",
  "/usr/local/lib",
  "/usr/sbin",
  "/usr/share",
  "/var/cache",
  "/var/lib/containerd",
  "/var/log",
  "/var/run",
  "/var/spool",
  KUBE_PROXY_DIR,
  KUBELET_DIR,
  KUBERNETES_DIR,
  NODE_STATE_DIR,
  UNITS_DIR,
];

const isBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`);

/** A user name that every distribution accepts. */
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;

/** Throws if a path or a user cannot be used in a unit. */
export function validateSystemd(runtime: SystemdRuntime): void {
  const { binaryDirectory, logDirectory, users } = runtime;
  validateVisible("binaryDirectory", binaryDirectory);
  if (logDirectory !== undefined)
    validateOwn("logDirectory", logDirectory, [binaryDirectory]);
  for (const [prop, user] of [
    ["user", users.kubernetes],
    ["etcdUser", users.etcd],
  ])
    if (!USER.test(user)) throw errors.invalidUnitUser(prop, user);
}

/** Throws if a component that runs as a unit has props that only work in pods, or paths that a unit cannot use. */
export function validateUnits(site: Site): void {
  for (const row of componentsOf(site)) {
    const runtime = runtimeOf(site, row.id);
    if (runtime.kind === "systemd") validateUnit(site, row, runtime);
  }
}

function validateUnit(
  site: Site,
  row: ComponentRow,
  runtime: SystemdRuntime,
): void {
  const { prop } = row;
  const { extraVolumes, extraEnvs } = row.options(site);
  if (extraVolumes.length > 0)
    throw errors.volumesWithoutPods(
      prop,
      extraVolumes.map(({ name }) => name),
    );
  for (const { name, valueFrom } of extraEnvs) {
    if (valueFrom !== undefined) throw errors.variableFromPod(prop, name);
    if (!/^[A-Za-z_]\w*$/.test(name)) throw errors.invalidVariable(prop, name);
  }
  validateVisible("certificatesDir", site.certificatesDir);
  for (const directory of row.directories?.(site) ?? []) {
    validateOwn(`a directory of ${row.id}`, directory, [
      runtime.binaryDirectory,
      site.certificatesDir,
    ]);
    const { logDirectory } = runtime;
    if (logDirectory !== undefined && isBelow(directory, logDirectory))
      throw errors.directoryInLogs(row.id, directory, logDirectory);
  }
}

function validateVisible(prop: string, path: string): void {
  if (!isPlainPath(path)) throw invalidPath(prop, path);
  if (HIDDEN.some((directory) => isBelow(path, directory)))
    throw errors.hiddenDirectory(prop, path);
}

/** Throws if a directory cannot be given to a user: it must be visible to units, and nothing else may use it. */
function validateOwn(
  prop: string,
  path: string,
  shared: readonly string[],
): void {
  validateVisible(prop, path);
  if ([...SHARED, ...shared].some((directory) => isBelow(directory, path)))
    throw errors.sharedDirectory(prop, path);
}
