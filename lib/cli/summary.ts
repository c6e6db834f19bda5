import { join } from "node:path";
import { type Inventory, Store } from "../agent/store";
import type { StackStore } from "./contents";
import { type InspectedCertificate, inspectStore } from "./inspect";
import { count, type Style } from "./output";
import type { TerraformOutput } from "./progress";
import { shownPath } from "./workspace";

/** What a person needs after a deploy, for one cluster. */
export function summaryLines(
  { directory }: StackStore,
  style: Style,
): string[] {
  const store = new Store(directory);
  const inventory = store.inventory();
  if (!store.exists) return [];
  const shown = shownPath(directory);
  const { clusterName, kubernetesVersion, nodes = {} } = inventory ?? {};
  const title = clusterName
    ? `${style.bold(clusterName)}: Kubernetes ${kubernetesVersion}, ${count(Object.keys(nodes).length, "node")}`
    : style.bold(shown);
  const rows = [
    ...clusterRows(inventory, directory, shown),
    ...expiryRow(store),
    [
      "keep",
      `${shown} is this cluster's certificate authority: back it up, never commit it`,
    ],
  ];
  return [
    title,
    ...rows.map(([name, text]) => `  ${style.dim(name.padEnd(10))}  ${text}`),
  ];
}

function clusterRows(
  inventory: Inventory | undefined,
  directory: string,
  shown: string,
): [string, string][] {
  const { endpoint, adminKubeconfig, nodes = {} } = inventory ?? {};
  const here = Object.values(nodes).some(
    ({ access }) => access.kind === "directory",
  );
  return [
    ...row("endpoint", endpoint),
    ...row(
      "kubectl",
      adminKubeconfig &&
        `export KUBECONFIG=${quoted(shownPath(join(directory, adminKubeconfig)))}`,
    ),
    ...(here
      ? row(
          "nodes",
          `nothing runs yet: each node's files wait in ${join(shown, "nodes")}/<node>/root`,
        )
      : []),
    ...(here
      ? row(
          "",
          "a node's `access` says how they get there; NodeAccess.directory(), the default, leaves that to you",
        )
      : []),
  ];
}

const row = (name: string, text: string | undefined): [string, string][] =>
  text ? [[name, text]] : [];

/** The first that an apply renews; a kubelet renews its own. */
function expiryRow(store: Store): [string, string][] {
  const { certificates } = inspectStore(store, new Date());
  const renewed = certificates.filter(({ renewal }) => renewal !== undefined);
  if (renewed.length === 0) return [];
  const [next] = renewed;
  const same = renewed.filter(
    ({ notAfter }) => day(notAfter) === day(next.notAfter),
  );
  const what = same.length > 1 ? `${same.length} certificates` : next.purpose;
  return row("expiry", `${day(next.notAfter)}: ${what}, ${whenRenewed(next)}`);
}

const whenRenewed = ({ renewal = "", state }: InspectedCertificate): string =>
  state === "due"
    ? "renewed by the next deploy"
    : `renewed by a deploy from ${day(renewal)} on`;

const day = (time: string): string => time.slice(0, 10);

/** For a shell, where it needs that. */
const quoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replace(/'/g, `'\\''`)}'`;

/** The outputs of a stack in a line each; `terraform output` has them whole. */
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
