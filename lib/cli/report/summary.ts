import { join } from "node:path";
import { type InventoryNode } from "../../store/inventory";
import { hasApiServer, hasEtcd, runsProcesses } from "../../request/roles";
import { keptIn } from "../../store/kept";
import { type Inventory, Store } from "../../store/store";
import { ENDPOINT_UNITS } from "../../catalog/endpoint";
import { PROCESSES } from "../../catalog/paths";
import { compact } from "../../base/compact";
import { distance } from "../../base/duration";
import { printable } from "../../base/visible";
import type { StackStore } from "../plan/contents";
import { inspectStore } from "./inspect";
import type { InspectedCertificate, InspectedStore } from "./inspected";
import { day, type NextDate, nextExpiry, nextRenewal } from "./validity";
import { count, type Style } from "../output";
import type { TerraformOutput } from "../plan/messages";
import { enumerated, quoted, shownPath, wrap } from "../text";

/** The summary of a cluster that is printed after a deploy. */
export function summaryLines(
  { directory }: Pick<StackStore, "directory">,
  style: Style,
  now: Date,
): string[] {
  const store = new Store(directory);
  const inventory = printable(store.inventory());
  if (!store.exists) return [];
  const shown = shownPath(directory);
  const { clusterName, kubernetesVersion } = inventory ?? {};
  const nodes = nodesOf(inventory).filter(({ retired }) => !retired);
  const where = nodes.some(runsProcesses)
    ? "on this machine"
    : count(nodes.length, "node");
  const title = clusterName
    ? `${style.bold(clusterName)}: Kubernetes ${kubernetesVersion}, ${where}`
    : style.bold(shown);
  const rows = [
    ...clusterRows(inventory, directory, shown),
    ...validityRows(inspectStore(store, now), now),
    [
      "keep",
      `${shown} holds ${keptIn(store)?.what ?? "private keys"}: back it up, and never commit it`,
    ],
  ];
  return [
    title,
    ...rows.flatMap(([name, text]) => rowLines(name, text, style)),
  ];
}

/** A command is not broken, so that it can be copied. */
function rowLines(name: string, text: string, style: Style): string[] {
  const lines = /^export /.test(text) ? [text] : wrap(text, style.width - LEAD);
  return lines.map(
    (line, at) =>
      `  ${style.dim((at === 0 ? name : "").padEnd(LEAD - 4))}  ${line}`,
  );
}

/** The characters before the text of a row. */
const LEAD = 14;

function clusterRows(
  inventory: Inventory | undefined,
  directory: string,
  shown: string,
): [string, string][] {
  const { endpoint, adminKubeconfig } = inventory ?? {};
  return [
    ...row("endpoint", endpoint && `${endpoint}${endpointNote(inventory)}`),
    ...row(
      "kubectl",
      adminKubeconfig &&
        `export KUBECONFIG=${quoted(shownPath(join(directory, adminKubeconfig)))}`,
    ),
    ...processRows(nodesOf(inventory), join(shown, PROCESSES)),
    ...nodeRows(
      nodesOf(inventory).filter((node) => !runsProcesses(node)),
      join(shown, "nodes"),
    ),
  ];
}

/** Says that the endpoint is a proxy on each node, if it is a loopback address. */
function endpointNote(
  { endpoint, nodes = {} }: Inventory = { stack: "" },
): string {
  const isLoopback = /^https:\/\/(127\.0\.0\.1|\[::1\]):/.test(endpoint ?? "");
  const hasProxy = Object.values(nodes).some(({ components = [] }) =>
    components.some(({ unit }) => unit === ENDPOINT_UNITS.proxy),
  );
  return isLoopback && hasProxy ? " on each node" : "";
}

type NamedNode = InventoryNode & { readonly name: string };

const nodesOf = (inventory: Inventory | undefined): NamedNode[] =>
  Object.entries(inventory?.nodes ?? {}).map(([name, node]) => ({
    ...node,
    name,
  }));

/** The processes that run on this machine, and the folder of their logs. */
function processRows(
  nodes: readonly NamedNode[],
  folder: string,
): [string, string][] {
  const names = nodes
    .filter(runsProcesses)
    .flatMap(({ components = [] }) => components.map(({ name }) => name));
  return row(
    "processes",
    names.length > 0
      ? `${enumerated(names)}, with their logs in ${folder}`
      : undefined,
  );
}

/** The nodes that run on hosts, those whose files are only in the store, and those whose machines can be deleted. */
function nodeRows(
  nodes: readonly NamedNode[],
  folder: string,
): [string, string][] {
  const here = nodes.filter(({ access }) => access.kind === "directory");
  const hosted = nodes.filter(
    ({ access, retired }) => access.kind !== "directory" && !retired,
  );
  const retired = nodes.filter((node) => node.retired);
  const lines = compact(
    hosted.length > 0 &&
      `${inWords(hosted)} on ${hosted.length === 1 ? "its host" : "their hosts"}`,
    here.length > 0 &&
      (hosted.length > 0
        ? `${inWords(here)} for you to set up, from the files in ${folder}/<node>/root`
        : `nothing runs yet: copy ${folder}/<node>/root to each node, or set its \`access\` and deploy`),
    retired.length > 0 &&
      (retired.length === 1
        ? `${retired[0].name} is retired: its machine can be deleted`
        : `${enumerated(retired.map(({ name }) => name))} are retired: their machines can be deleted`),
  );
  return lines.flatMap((line, at) => row(at === 0 ? "nodes" : "", line));
}

/** `3 etcd members, 3 control-plane nodes and 2 workers` */
function inWords(nodes: readonly NamedNode[]): string {
  const workers = nodes.filter(({ pool }) => pool !== undefined).length;
  // Only etcd members on hosts of their own: the others are counted as control-plane nodes.
  const members = nodes.filter(
    (node) => hasEtcd(node) && !hasApiServer(node),
  ).length;
  const others = nodes.length - workers - members;
  return enumerated(
    compact(
      members > 0 && count(members, "etcd member"),
      others > 0 && count(others, "control-plane node"),
      workers > 0 && count(workers, "worker"),
    ),
  );
}

const row = (name: string, text: string | undefined): [string, string][] =>
  text ? [[name, text]] : [];

function validityRows(store: InspectedStore, now: Date): [string, string][] {
  const expiry = nextExpiry(store, now);
  const renewal = nextRenewal(store);
  return [
    ...startRow(store.certificates, now),
    ...row("expiry", expiry && `${dated(expiry, now)}: ${expiry.what}`),
    ...row("renewal", renewal && renewalText(renewal, now)),
  ];
}

/** The certificates that are not valid yet. Those that differ by more than the clocks of machines are planned again. */
function startRow(
  certificates: readonly InspectedCertificate[],
  now: Date,
): [string, string][] {
  const future = certificates.filter(
    ({ notBefore }) => new Date(notBefore) > now,
  );
  if (future.length === 0) return [];
  const last = future
    .map(({ notBefore }) => notBefore)
    .sort()
    .at(-1);
  const what =
    future.length > 1 ? `${future.length} certificates` : future[0].purpose;
  return row(
    "not yet",
    `${what}, which nothing accepts before ${last}: the clock was ahead when they were made, or is behind now`,
  );
}

const renewalText = (renewal: NextDate, now: Date): string =>
  new Date(renewal.time) > now
    ? `${dated(renewal, now)}: the first deploy from then on renews ${renewal.what}`
    : `the next deploy renews ${renewal.what}`;

/** `2027-11-29 (in 364 d)` */
const dated = ({ time }: NextDate, now: Date): string =>
  `${day(time)} (${distance(time, now)})`;

/** What programs want to know about the cluster of a store, after a deploy. */
export function clusterFacts({ directory }: Pick<StackStore, "directory">) {
  const { clusterName, kubernetesVersion, endpoint, adminKubeconfig } =
    new Store(directory).inventory() ?? {};
  const kubeconfig =
    adminKubeconfig && shownPath(join(directory, adminKubeconfig));
  const store = shownPath(directory);
  return { store, clusterName, kubernetesVersion, endpoint, kubeconfig };
}

/** The outputs of a stack, without the values of sensitive ones. */
export const shownOutputs = (
  outputs: Readonly<Record<string, TerraformOutput>>,
) =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { sensitive, value }]) => [
      name,
      sensitive ? { sensitive } : { value },
    ]),
  );

/** The outputs of a stack, each in one line. `terraform output` prints them in full. */
export function outputLines(
  outputs: Readonly<Record<string, TerraformOutput>>,
): string[] {
  return Object.entries(outputs).map(
    ([name, { sensitive, value }]) =>
      `  ${name} = ${sensitive ? "(sensitive)" : oneLine(value)}`,
  );
}

function oneLine(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const [first, ...more] = (text ?? "").trim().split("\n");
  return more.length > 0 ? `(${more.length + 1} lines)` : first;
}
