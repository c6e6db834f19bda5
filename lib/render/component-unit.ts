import type { ComponentRow } from "../catalog/components";
import { KUBE_PROXY_FILES } from "../catalog/kube-proxy";
import { KUBELET_FILES, KUBELET_KUBECONFIGS } from "../catalog/kubelet";
import { KUBE_PROXY_DIR } from "../catalog/paths";
import type { Site, SiteNode, SystemdRuntime } from "../catalog/site";
import {
  binaryPath,
  CRITICAL_OOM_SCORE,
  LOGS_UNIT,
  type UnitId,
  unitName,
  unitRow,
  type UnitRow,
  unitUser,
} from "../catalog/units";
import { mergeArguments } from "./arguments";
import { kubeletFlags } from "./kubelet";
import { environment, startupTimeout, staticPods } from "./static-pod";
import {
  commandLine,
  type Setting,
  type UnitText,
  type UnitQuote,
} from "./unit";
import { confinement } from "./unit-confinement";

/** What a unit is made for. */
export interface UnitContext {
  readonly site: Site;
  readonly node: SiteNode;
  readonly runtime: SystemdRuntime;
  readonly quote: UnitQuote;
}

/** What is said of one unit beside its row. */
interface UnitParts {
  /** As a command has them. */
  readonly flags: readonly string[];
  readonly environment?: readonly Setting[];
  /** What it writes to. */
  readonly directories?: readonly string[];
  readonly ports?: readonly number[];
}

/** A component of the control plane as a unit: the command of its static pod, on the machine itself. */
export function componentUnit(
  row: ComponentRow,
  context: UnitContext,
): UnitText {
  const { site, node, quote } = context;
  const options = row.options(site);
  return unit(unitRow(row.id), context, {
    flags: mergeArguments(row.arguments(site, node), options.extraArgs),
    environment: environment(options.extraEnvs).map(
      ({ name, value = "" }): Setting => [
        "Environment",
        quote.variable(name, value),
      ],
    ),
    directories: outermost(row.directories?.(site) ?? []),
    ports: portsOf(row, site, node),
  });
}

/** kubelet as a unit: what its package's drop-in and its flags' file say, in one. */
export const kubeletUnit = (context: UnitContext): UnitText =>
  unit(unitRow("kubelet"), context, {
    flags: [
      ...KUBELET_KUBECONFIGS,
      `--config=${KUBELET_FILES.configuration}`,
      ...kubeletFlags(context.site, context.node),
    ],
  });

export const KUBE_PROXY_CONFIGURATION = `${KUBE_PROXY_DIR}/${KUBE_PROXY_FILES.configuration}`;

export const kubeProxyUnit = (context: UnitContext): UnitText =>
  unit(unitRow("kube-proxy"), context, {
    flags: [
      `--config=${KUBE_PROXY_CONFIGURATION}`,
      `--hostname-override=${context.node.name}`,
    ],
  });

/**
 * Makes the directory of the logs: systemd opens a unit's log before any command of the unit could. It comes with
 * whoever wants it, as often as that starts.
 */
export const logsUnit = (directory: string): UnitText => ({
  Unit: [["Description", "the directory of Kubernetes' logs"]],
  Service: [
    ["Type", "oneshot"],
    ["ExecStart", makeDirectory(directory, "0750", "root")],
  ],
});

/** What a component listens on. */
export function portsOf(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): readonly number[] {
  const port = row.port(site, node);
  return row.id === "etcd"
    ? [site.ports.etcdClient, site.ports.etcdPeer, port]
    : [port];
}

function unit(row: UnitRow, context: UnitContext, parts: UnitParts): UnitText {
  const { site, node, runtime, quote } = context;
  const { logDirectory } = runtime;
  const wanted = [
    "network-online.target",
    ...(logDirectory === undefined ? [] : [unitName(LOGS_UNIT)]),
  ];
  const beside = componentsOf(site, node);
  const after = row.after.filter((id) => beside.includes(id)).map(unitName);
  return {
    Unit: [
      ["Description", `${row.id}: ${row.purpose}`],
      ["Documentation", row.documentation],
      ["Wants", wanted.join(" ")],
      ["After", [...wanted, ...after].join(" ")],
      // However often it fails, it is tried again.
      ["StartLimitIntervalSec", "0"],
    ],
    Service: [
      ["Type", row.notifies ? "notify" : "exec"],
      ...userSettings(row, runtime, parts.directories),
      ...(parts.environment ?? []),
      ["EnvironmentFile", `-/etc/default/${row.id}`],
      [
        "ExecStart",
        commandLine([
          binaryPath(runtime, row.id),
          ...parts.flags.map((flag) => quote.word(flag)),
          // What kubelet's packages say that this file may hold.
          ...(row.id === "kubelet" ? ["$KUBELET_EXTRA_ARGS"] : []),
        ]),
      ],
      // Also after an end without an error: nothing but `systemctl stop` is to end it.
      ["Restart", "always"],
      ["RestartSec", "2"],
      ["TimeoutStartSec", String(startupTimeout(site))],
      // As long as kubelet waits for a pod: an API server with open watches takes all that it is given.
      ["TimeoutStopSec", "30"],
      ["LimitNOFILE", String(row.openFiles)],
      ["OOMScoreAdjust", String(CRITICAL_OOM_SCORE)],
      ...(logDirectory === undefined
        ? []
        : ["StandardOutput", "StandardError"].map((name): Setting => [
            name,
            `append:${logDirectory}/${row.id}.log`,
          ])),
      ...(row.user === "root"
        ? []
        : confinement(parts.directories ?? [], parts.ports ?? [])),
    ],
    Install: [["WantedBy", "multi-user.target"]],
  };
}

/** Who runs it, and the directories that are that user's. */
function userSettings(
  { user }: UnitRow,
  runtime: SystemdRuntime,
  directories: readonly string[] = [],
): Setting[] {
  if (user === "root") return [];
  const name = unitUser(runtime, user);
  return [
    ["User", name],
    ["Group", name],
    // As root, outside of the unit's confinement.
    ...directories.map((path): Setting => [
      "ExecStartPre",
      `+${makeDirectory(path, "0700", name)}`,
    ]),
  ];
}

/**
 * Without those inside another: what is below a directory of its user's is its user's to make. Root would follow a
 * link that the user put there.
 */
const outermost = (directories: readonly string[]): string[] =>
  directories.filter(
    (path) => !directories.some((other) => path.startsWith(`${other}/`)),
  );

const makeDirectory = (path: string, mode: string, owner: string): string =>
  `/usr/bin/install -d -m ${mode} -o ${owner} -g ${owner} ${path}`;

/** What of the control plane a node has. */
const componentsOf = (site: Site, { name }: SiteNode): readonly UnitId[] =>
  site.nodes.some((node) => node.name === name)
    ? staticPods(site).map(({ id }) => id)
    : [];
