import { type ComponentRow, flagsOf, portsOf } from "../catalog/component";
import { isControlPlaneNode } from "../catalog/endpoint";
import { KUBE_PROXY_FILES } from "../catalog/kube-proxy";
import { KUBELET_FILES, KUBELET_KUBECONFIGS } from "../catalog/kubelet";
import { KUBE_PROXY_DIR } from "../catalog/paths";
import type { Site, SiteNode, SystemdRuntime } from "../catalog/site";
import {
  binaryPath,
  CRITICAL_OOM_SCORE,
  documentationOf,
  LOGS_UNIT,
  type UnitId,
  unitName,
  unitRow,
  type UnitRow,
  unitUser,
} from "../catalog/units";
import { kubeletFlags } from "./kubelet";
import {
  environment,
  startupTimeout,
  controlPlaneComponents,
} from "./static-pod";
import {
  commandLine,
  type Setting,
  type UnitText,
  type UnitQuote,
} from "./unit";
import { sandbox } from "./unit-sandbox";

/** The node on which a unit runs, and how texts are quoted for systemd. */
export interface UnitContext {
  readonly site: Site;
  readonly node: SiteNode;
  readonly runtime: SystemdRuntime;
  readonly quote: UnitQuote;
}

/** The settings of a unit that do not follow from its row. */
interface UnitParts {
  readonly flags: readonly string[];
  readonly environment?: readonly Setting[];
  /** The directories to which it writes. */
  readonly directories?: readonly string[];
  readonly ports?: readonly number[];
}

/** A component of the control plane as a unit. It runs the same command as in a static pod, directly on the host. */
export function componentUnit(
  row: ComponentRow,
  context: UnitContext,
): UnitText {
  const { site, node, quote } = context;
  return unit(unitRow(row.id), context, {
    flags: flagsOf(row, site, node),
    environment: environment(row.options(site).extraEnvs).map(
      ({ name, value = "" }): Setting => [
        "Environment",
        quote.variable(name, value),
      ],
    ),
    directories: outermost(row.directories?.(site) ?? []),
    ports: portsOf(row, site, node),
  });
}

/** kubelet as a unit, which combines the drop-in of its package and its flags file. */
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
 * Creates the log directory. It is a unit, because systemd opens a unit's log file before it runs any command of that
 * unit. Every unit that logs there wants this one, so it runs whenever one of them starts.
 */
export const logsUnit = (directory: string): UnitText => ({
  Unit: [["Description", "the directory of Kubernetes' logs"]],
  Service: [
    ["Type", "oneshot"],
    ["ExecStart", makeDirectory(directory, "0750", "root")],
  ],
});

function unit(row: UnitRow, context: UnitContext, parts: UnitParts): UnitText {
  const { site, node, runtime, quote } = context;
  const { logDirectory } = runtime;
  const wanted = [
    "network-online.target",
    ...(logDirectory === undefined ? [] : [unitName(LOGS_UNIT)]),
  ];
  const onNode = componentsOf(site, node);
  const after = row.after.filter((id) => onNode.includes(id)).map(unitName);
  return {
    Unit: [
      ["Description", `${row.id}: ${row.purpose}`],
      ["Documentation", documentationOf(row.id)],
      ["Wants", wanted.join(" ")],
      ["After", [...wanted, ...after].join(" ")],
      // systemd restarts it without a limit, however often it fails.
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
          // kubelet's packages let administrators set this variable in the environment file.
          ...(row.id === "kubelet" ? ["$KUBELET_EXTRA_ARGS"] : []),
        ]),
      ],
      // It is restarted even after it ends without an error: only `systemctl stop` stops it.
      ["Restart", "always"],
      ["RestartSec", "2"],
      ["TimeoutStartSec", String(startupTimeout(site))],
      // The same as kubelet's grace period for pods. An API server with open watches uses all of it.
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
        : sandbox(parts.directories ?? [], parts.ports ?? [])),
    ],
    Install: [["WantedBy", "multi-user.target"]],
  };
}

/** The settings for the unit's user, and commands that create the directories which that user owns. */
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
    // The `+` runs the command as root, outside the unit's sandbox.
    ...directories.map((path): Setting => [
      "ExecStartPre",
      `+${makeDirectory(path, "0700", name)}`,
    ]),
  ];
}

/**
 * Leaves out directories inside another one of the list. The unit's user owns the outer directory and must create the
 * inner ones itself, because root would follow a link that the user put there.
 */
const outermost = (directories: readonly string[]): string[] =>
  directories.filter(
    (path) => !directories.some((other) => path.startsWith(`${other}/`)),
  );

const makeDirectory = (path: string, mode: string, owner: string): string =>
  `/usr/bin/install -d -m ${mode} -o ${owner} -g ${owner} ${path}`;

/** The components of the control plane that run on a node. */
const componentsOf = (site: Site, node: SiteNode): readonly UnitId[] =>
  isControlPlaneNode(site, node)
    ? controlPlaneComponents(site).map(({ id }) => id)
    : [];
