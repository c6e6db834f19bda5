import { frozen } from "./frozen";
import { UNITS_DIR } from "./paths";
import type { Site, SystemdRuntime } from "./site";

/** What runs as a unit under systemd, by the names of the binaries. */
export type UnitId =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet"
  | "kube-proxy";

/** Who runs a unit; what the machine's users are called is the site's. */
export type UnitUser = keyof SystemdRuntime["users"] | "root";

/** What systemd is told of a program beside its command. */
export interface UnitRow {
  readonly id: UnitId;
  readonly purpose: string;
  readonly documentation: string;
  /** Those of root see and change the whole machine; the others are confined to what they need. */
  readonly user: UnitUser;
  /** Whether it tells systemd when it is up. */
  readonly notifies: boolean;
  /** What is up before it, where its node has that. */
  readonly after: readonly UnitId[];
  readonly openFiles: number;
}

/** As kubelet has it for the containers of critical pods. */
export const CRITICAL_OOM_SCORE = -997;

const COMPONENT =
  "https://kubernetes.io/docs/reference/command-line-tools-reference";

/**
 * In the order in which they come up. That they notify: etcd when its cluster has a leader, the API server when it
 * listens, kubelet when it has its credentials.
 * @see https://github.com/etcd-io/etcd/blob/v3.6.6/server/etcdmain/etcd.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/apiserver/pkg/server/genericapiserver.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubelet/app/server.go
 */
export const UNITS: readonly UnitRow[] = frozen<UnitRow[]>([
  {
    id: "etcd",
    purpose: "stores the state of the cluster",
    documentation: "https://etcd.io/docs/",
    user: "etcd",
    notifies: true,
    after: [],
    openFiles: 65536,
  },
  {
    id: "kube-apiserver",
    purpose: "serves the Kubernetes API",
    documentation: `${COMPONENT}/kube-apiserver/`,
    user: "kubernetes",
    notifies: true,
    after: ["etcd"],
    openFiles: 65536,
  },
  {
    id: "kube-controller-manager",
    purpose: "runs the controllers of Kubernetes",
    documentation: `${COMPONENT}/kube-controller-manager/`,
    user: "kubernetes",
    notifies: false,
    after: ["kube-apiserver"],
    openFiles: 65536,
  },
  {
    id: "kube-scheduler",
    purpose: "chooses a node for each pod",
    documentation: `${COMPONENT}/kube-scheduler/`,
    user: "kubernetes",
    notifies: false,
    after: ["kube-apiserver"],
    openFiles: 65536,
  },
  {
    id: "kube-proxy",
    purpose: "leads to the services of the cluster",
    documentation: `${COMPONENT}/kube-proxy/`,
    user: "root",
    notifies: false,
    after: ["kube-apiserver"],
    openFiles: 1048576,
  },
  {
    id: "kubelet",
    purpose: "runs the pods of this node",
    documentation: `${COMPONENT}/kubelet/`,
    user: "root",
    notifies: true,
    after: ["kube-apiserver"],
    openFiles: 1048576,
  },
]);

export const unitRow = (id: UnitId): UnitRow =>
  UNITS.find((row) => row.id === id)!;

/** systemd's name of it. */
export const unitName = (id: string): string => `${id}.service`;

export const unitPath = (id: string): string => `${UNITS_DIR}/${unitName(id)}`;

/** Makes the directory of the logs, before whatever writes there. */
export const LOGS_UNIT = "kubernetes-logs";

export const binaryPath = (runtime: SystemdRuntime, id: UnitId): string =>
  `${runtime.binaryDirectory}/${id}`;

/** The machine's user for a unit. */
export const unitUser = (runtime: SystemdRuntime, user: UnitUser): string =>
  user === "root" ? user : runtime.users[user];

/** Whether kube-proxy is a unit of each node, in place of a pod of the cluster. */
export const isKubeProxyUnit = ({ kubeProxy, runtime }: Site): boolean =>
  kubeProxy.enabled && runtime.kind === "systemd";

/** How etcd is run; on hosts of its own it may be otherwise than the rest. */
export const etcdRuntime = ({ etcd, runtime }: Site): Site["runtime"] =>
  (etcd.kind === "local" ? etcd.runtime : undefined) ?? runtime;

/** How one of them is run. */
export const runtimeOf = (site: Site, id: UnitId): Site["runtime"] =>
  id === "etcd" ? etcdRuntime(site) : site.runtime;

/** Whether systemd takes a file for a unit's, or for a part of one. */
export const isOfUnits = (path: string): boolean =>
  path.startsWith(`${UNITS_DIR}/`);

/** The unit whose file it is; drop-ins are parts of one. */
export const unitAt = (path: string): string | undefined =>
  isOfUnits(path) && path.lastIndexOf("/") === UNITS_DIR.length
    ? /[^/]+\.service$/.exec(path)?.[0]
    : undefined;
