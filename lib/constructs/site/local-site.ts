import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { LOCAL_ENCRYPTION, LOCAL_ETCD_DATA } from "../../catalog/paths";
import { PORTS } from "../../catalog/ports";
import type { ExtraArgs, Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { ComponentProps } from "./component-props";
import type { ControlPlaneProps } from "./control-plane-props";
import { Duration } from "../duration";
import { Etcd } from "./etcd";
import { isPlainPath } from "../hosts";
import { KeyAlgorithm } from "../pki/key-algorithm";
import { AUTHORITY_VALIDITY, CERTIFICATE_VALIDITY } from "../pki/lifetime";
import type {
  LocalComponentProps,
  LocalControlPlaneProps,
} from "./local-control-plane-props";
import {
  absoluteFile,
  invalidBinaryDirectory,
  invalidVariable,
} from "./local-errors";
import { NodeAccess } from "./node-access";
import { Runtime } from "./runtime";
import { checkProps } from "../../props/check";

/** The name of the only node. */
export const LOCAL_NODE = "local";
const ADDRESS = "127.0.0.1";

/**
 * The working directory of the processes, in the store. Their paths are relative to it, so they are the same on every
 * machine.
 */
const WORKING_DIRECTORY = `nodes/${LOCAL_NODE}/root`;
const KUBERNETES_DIR = "etc/kubernetes";
/** The data directory of etcd, relative to the working directory. It is next to etcd's log. */
const DATA_DIRECTORY = `../../../${LOCAL_ETCD_DATA}`;

/** The EncryptionConfiguration that the API server reads. A rollout copies it there. */
const ENCRYPTION_FILE = `../../../${LOCAL_ENCRYPTION}`;

type LocalPorts = Readonly<Record<string, number>>;

/** All ports of a local control plane, by prop. */
export function localPorts({
  port,
  etcd = {},
  controllerManager,
  scheduler,
}: Omit<LocalControlPlaneProps, "kubernetesVersion">): LocalPorts {
  return {
    port: port ?? PORTS.kubeApiserver,
    "etcd.clientPort": etcd.clientPort ?? PORTS.etcdClient,
    "etcd.peerPort": etcd.peerPort ?? PORTS.etcdPeer,
    "etcd.metricsPort": etcd.metricsPort ?? PORTS.etcdMetrics,
    ...(controllerManager && {
      "controllerManager.port":
        controllerManager.port ?? PORTS.kubeControllerManager,
    }),
    ...(scheduler && {
      "scheduler.port": scheduler.port ?? PORTS.kubeScheduler,
    }),
  };
}

/** The props of a control plane whose only node is this machine, without a kubelet. */
export function localProps(
  id: string,
  props: LocalControlPlaneProps,
): ControlPlaneProps {
  checkProps("LocalControlPlaneProps", props, `LocalControlPlane "${id}"`);
  const { binaryDirectory, etcd = {}, files = [], port, ...own } = props;
  const { apiServer, controllerManager, scheduler, ...common } = own;
  const validity = props.certificateValidity ?? CERTIFICATE_VALIDITY;
  return {
    ...common,
    keyAlgorithm: props.keyAlgorithm ?? KeyAlgorithm.ECDSA_P256,
    caCertificateValidity:
      props.caCertificateValidity ?? authorityValidity(validity),
    startupTimeout: props.startupTimeout ?? Duration.minutes(1),
    runtime: Runtime.processes(
      {
        kind: "processes",
        ...(binaryDirectory !== undefined && {
          binaryDirectory: binariesOf(binaryDirectory, props),
        }),
      },
      (site) => localSite(site, props),
    ),
    nodes: [
      {
        name: LOCAL_NODE,
        address: ADDRESS,
        bindPort: localPorts({ port }).port,
        access: NodeAccess.local({ sudo: false }),
        files: files.map((file) => ({ ...file, path: pathOnNode(file.path) })),
      },
    ],
    etcd: Etcd.stacked({
      ...componentOf("etcd", etcd),
      restore: etcd.restore,
      snapshotBefore: etcd.snapshotBefore,
    }),
    apiServer: componentOf("apiServer", apiServer),
    controllerManager: componentOf("controllerManager", controllerManager),
    scheduler: componentOf("scheduler", scheduler),
    // These are for nodes and for joining them, but a local control plane has no nodes.
    bootstrapTokens: [],
    kubeProxy: { enabled: false },
    dns: { enabled: false },
  };
}

/** The CA outlives its certificates by a margin, so that it does not shorten any of them by a few seconds. */
function authorityValidity(certificates: Duration): Duration {
  const longer = certificates.toHours() + Duration.days(365).toHours();
  return longer > AUTHORITY_VALIDITY.toHours()
    ? Duration.hours(longer)
    : AUTHORITY_VALIDITY;
}

function componentOf(
  where: string,
  { extraArgs, addArgs, environment = {} }: LocalComponentProps = {},
): ComponentProps {
  for (const name of Object.keys(environment))
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw invalidVariable(`${where}.environment`, name);
  const extraEnvs = Object.entries(environment).map(([name, value]) => ({
    name,
    value,
  }));
  return { extraArgs, addArgs, extraEnvs };
}

/** The path as it would be on a host, from the root. */
function pathOnNode(path: string): string {
  if (path.startsWith("/") || !isPlainPath(`/${path}`))
    throw absoluteFile(path);
  return `/${path}`;
}

/** The binary directory relative to the working directory of the processes, if that is the same on every machine. */
function binariesOf(
  directory: string,
  { store, outputDirectory, clusterName }: LocalControlPlaneProps,
): string {
  if (hasToken(directory) || directory.trim() === "")
    throw invalidBinaryDirectory(directory);
  const folder =
    store?.directory ??
    join(outputDirectory ?? "clusters", clusterName ?? "kubernetes");
  if (isAbsolute(directory) || directory.startsWith("~/")) return directory;
  if (isAbsolute(folder)) return resolve(directory);
  return relative(join(folder, WORKING_DIRECTORY), directory)
    .split(sep)
    .join("/");
}

/** Changes the site for a host into the site for local processes. */
function localSite(site: Site, props: LocalControlPlaneProps): Site {
  const ports = localPorts(props);
  const { controllerManager, scheduler, etcd } = site;
  return {
    ...site,
    kubernetesDir: KUBERNETES_DIR,
    certificatesDir: `${KUBERNETES_DIR}/pki`,
    ports: {
      ...site.ports,
      etcdClient: ports["etcd.clientPort"],
      etcdPeer: ports["etcd.peerPort"],
      etcdMetrics: ports["etcd.metricsPort"],
      ...(props.controllerManager && {
        kubeControllerManager: ports["controllerManager.port"],
      }),
      ...(props.scheduler && { kubeScheduler: ports["scheduler.port"] }),
    },
    etcd:
      etcd.kind === "local"
        ? { ...etcd, tls: props.etcd?.tls ?? false, dataDir: DATA_DIRECTORY }
        : etcd,
    ...(site.encryption && {
      encryption: { ...site.encryption, file: ENCRYPTION_FILE },
    }),
    apiServer: withFlags(site.apiServer, {
      "bind-address": ADDRESS,
      // No pod could use the service `kubernetes`, and Kubernetes refuses a loopback address in its endpoints.
      "endpoint-reconciler-type": "none",
    }),
    controllerManager: {
      ...withFlags(controllerManager, NO_LEADER_ELECTION),
      enabled: props.controllerManager !== undefined,
    },
    scheduler: {
      ...withFlags(scheduler, NO_LEADER_ELECTION),
      enabled: props.scheduler !== undefined,
    },
  };
}

/** Without leader election, a restart need not wait until the lease of a killed process expires. */
const NO_LEADER_ELECTION: ExtraArgs = { "leader-elect": "false" };

const withFlags = <T extends { readonly extraArgs: ExtraArgs }>(
  component: T,
  flags: ExtraArgs,
): T => ({ ...component, extraArgs: { ...flags, ...component.extraArgs } });
