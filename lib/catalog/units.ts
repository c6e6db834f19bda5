import type { ComponentId } from "./component-id";
import { frozen } from "./frozen";
import { UNITS_DIR } from "./paths";
import type { Site, SystemdRuntime } from "./site";

/** The components that may run as systemd units, by the names of their binaries. */
export type UnitId = ComponentId | "kube-proxy";

/** The user that runs a unit. The site says what the users are called on the host. */
export type UnitUser = keyof SystemdRuntime["users"] | "root";

/** The settings of a unit besides its command. */
export interface UnitRow {
  readonly id: UnitId;
  readonly purpose: string;
  /** Units of root can read and change the whole host; the others run in a sandbox. */
  readonly user: UnitUser;
  /** Whether it notifies systemd when it is ready. */
  readonly notifies: boolean;
  /** The units that start before it, if its node has them. */
  readonly after: readonly UnitId[];
  readonly openFiles: number;
}

/** The OOM score adjustment that kubelet sets for the containers of critical pods. */
export const CRITICAL_OOM_SCORE = -997;

/**
 * The units, in the order in which they start. etcd notifies systemd when its cluster has a leader, the API server when
 * it listens, and kubelet when it has its credentials.
 * @see https://github.com/etcd-io/etcd/blob/v3.6.6/server/etcdmain/etcd.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/apiserver/pkg/server/genericapiserver.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubelet/app/server.go
 */
export const UNITS: readonly UnitRow[] = frozen<UnitRow[]>([
  {
    id: "etcd",
    purpose: "stores the state of the cluster",
    user: "etcd",
    notifies: true,
    after: [],
    openFiles: 65536,
  },
  {
    id: "kube-apiserver",
    purpose: "serves the Kubernetes API",
    user: "kubernetes",
    notifies: true,
    after: ["etcd"],
    openFiles: 65536,
  },
  {
    id: "kube-controller-manager",
    purpose: "runs the controllers of Kubernetes",
    user: "kubernetes",
    notifies: false,
    after: ["kube-apiserver"],
    openFiles: 65536,
  },
  {
    id: "kube-scheduler",
    purpose: "chooses a node for each pod",
    user: "kubernetes",
    notifies: false,
    after: ["kube-apiserver"],
    openFiles: 65536,
  },
  {
    id: "kube-proxy",
    purpose: "leads to the services of the cluster",
    user: "root",
    notifies: false,
    after: ["kube-apiserver"],
    openFiles: 1048576,
  },
  {
    id: "kubelet",
    purpose: "runs the pods of this node",
    user: "root",
    notifies: true,
    after: ["kube-apiserver"],
    openFiles: 1048576,
  },
]);

export const unitRow = (id: UnitId): UnitRow =>
  UNITS.find((row) => row.id === id)!;

export const documentationOf = (id: UnitId): string =>
  id === "etcd"
    ? "https://etcd.io/docs/"
    : `https://kubernetes.io/docs/reference/command-line-tools-reference/${id}/`;

/** The name of a unit in systemd. */
export const unitName = (id: string): string => `${id}.service`;

export const unitPath = (id: string): string => `${UNITS_DIR}/${unitName(id)}`;

/** The unit that creates the log directory before other units write there. */
export const LOGS_UNIT = "kubernetes-logs";

export const binaryPath = (runtime: SystemdRuntime, id: UnitId): string =>
  `${runtime.binaryDirectory}/${id}`;

/** The name of a unit's user on the host. */
export const unitUser = (runtime: SystemdRuntime, user: UnitUser): string =>
  user === "root" ? user : runtime.users[user];

/** Whether kube-proxy runs as a unit on each node, instead of as a pod. */
export const isKubeProxyUnit = ({ kubeProxy, runtime }: Site): boolean =>
  kubeProxy.enabled && runtime.kind === "systemd";

/** How etcd runs. On its own hosts, that may differ from the rest of the cluster. */
export const etcdRuntime = ({ etcd, runtime }: Site): Site["runtime"] =>
  (etcd.kind === "local" ? etcd.runtime : undefined) ?? runtime;

/** How a component runs. */
export const runtimeOf = (site: Site, id: UnitId): Site["runtime"] =>
  id === "etcd" ? etcdRuntime(site) : site.runtime;

/** Whether a file is in the folder of the units: a unit file, or a part of one. */
export const isInUnitsDir = (path: string): boolean =>
  path.startsWith(`${UNITS_DIR}/`);

/** The unit that a file defines; `undefined` for other files, such as drop-ins. */
export const unitOfFile = (path: string): string | undefined =>
  isInUnitsDir(path) && path.lastIndexOf("/") === UNITS_DIR.length
    ? /[^/]+\.(?:service|timer)$/.exec(path)?.[0]
    : undefined;
