import { alike, type Certificate } from "../model/certificates";
import type { Cluster } from "../model/cluster";
import { namesInWords } from "../names";
import type { NodeState } from "../model/nodes";
import { endOf, whenInWords } from "../model/validity";
import { count } from "../output";
import { day } from "../report/validity";
import { type Item, code, item, words } from "./document";

const DEPLOY = code("cdktf-control-plane deploy");

/** What needs attention, the most urgent first. */
export function findings(cluster: Cluster, now: Date): Item[] {
  const found = [
    ...brokenItems(cluster),
    ...certificateItems(cluster, now),
    ...nodeItems(cluster),
    ...versionItems(cluster),
  ];
  const order = ["bad", "due", "none"];
  const sorted = order.flatMap((colour) =>
    found.filter((each) => each.colour === colour),
  );
  return sorted.some(({ colour }) => colour !== "none")
    ? sorted
    : [item("Nothing is broken, and nothing is due.", "fine"), ...sorted];
}

function brokenItems({ facts, certificates }: Cluster): Item[] {
  const broken = certificates.filter(({ state }) => state === "broken");
  return [
    ...(facts.inspected?.problems ?? []).map(({ file, reason }) =>
      item(words`${code(file)}: ${reason}`, "bad"),
    ),
    ...alike(broken).map((each) =>
      item(words`${nameOf(each)}: ${each.reason ?? "it is broken"}`, "bad"),
    ),
  ];
}

/** `serving certificate of kube-apiserver on cp-1` */
export const nameOf = ({
  purpose,
  nodes,
}: {
  readonly purpose: string;
  readonly nodes: readonly string[];
}): string =>
  nodes.length === 0 ? purpose : `${purpose} on ${namesInWords(nodes)}`;

function certificateItems(
  { certificates, facts, clients }: Cluster,
  now: Date,
): Item[] {
  const tokens = clients.filter(
    ({ file }) => !certificates.some((one) => one.file === file),
  );
  const inState = (state: Certificate["state"]) => [
    ...alike(certificates.filter((one) => one.state === state)),
    ...tokens
      .filter((one) => one.state === state)
      .map((one) => ({ ...one, nodes: [], isAuthority: false, count: 1 })),
  ];
  const due = inState("due");
  const renewed = due.filter(({ isAuthority }) => !isAuthority);
  const [first] = [...renewed].sort((a, b) => endOf(a).localeCompare(endOf(b)));
  const total = renewed.reduce((sum, each) => sum + each.count, 0);
  const waiting = facts.inspected?.waiting ?? [];
  return [
    ...inState("expired").map((each) =>
      item(words`${nameOf(each)}: ${each.reason ?? "it expired"}.`, "bad"),
    ),
    ...(waiting.length > 0
      ? [
          item(
            words`${count(waiting.length, "certificate")} to be signed by an external CA. The requests are below ${code(`${facts.store}/pending`)}; ${code("cdktf-control-plane inspect")} lists them.`,
            "due",
          ),
        ]
      : []),
    ...due
      .filter(({ isAuthority }) => isAuthority)
      .map(({ purpose, reason = "it ends soon" }) =>
        item(words`${purpose}: ${reason}.`, "due"),
      ),
    ...(first
      ? [
          item(
            words`${count(total, "certificate")} due for renewal: ${DEPLOY} makes new ones. The first to expire is the ${nameOf(first)}, on ${day(endOf(first))}, ${whenInWords(endOf(first), now)}.`,
            "due",
          ),
        ]
      : []),
  ];
}

/** What there is to do about nodes in a state; nothing about the others. */
const NODE_ITEMS: Partial<Record<NodeState, (names: string) => Item>> = {
  differs: (names) =>
    item(
      words`Not as they should be: ${names}. ${DEPLOY} repairs them.`,
      "bad",
    ),
  unreachable: (names) =>
    item(
      words`Could not be reached: ${names}. What is said of them is what was recorded.`,
      "due",
    ),
  begun: (names) =>
    item(
      words`No rollout has succeeded yet on ${names}: ${DEPLOY} continues with them.`,
      "due",
    ),
  leaving: (names) =>
    item(
      words`No longer in the program: ${names}. ${DEPLOY} takes them out of the cluster.`,
      "due",
    ),
  retired: (names) =>
    item(words`Retired: ${names}. Their machines can be deleted.`, "due"),
  planned: (names) => item(words`Not deployed yet: ${names}.`, "none"),
};

function nodeItems({ nodes, facts }: Cluster): Item[] {
  const hosted = nodes.filter(({ state }) => state === "set up");
  return [
    ...Object.entries(NODE_ITEMS).flatMap(([state, about]) => {
      const names = nodes
        .filter((node) => node.state === state)
        .map(({ name }) => name);
      return names.length > 0 ? [about(namesInWords(names))] : [];
    }),
    ...(facts.checked?.failure === undefined
      ? []
      : [
          item(
            words`The hosts could not be compared: ${facts.checked.failure}`,
            "due",
          ),
        ]),
    ...(facts.checked?.backups?.problems ?? []).map((problem) =>
      item(words`${problem}`, "bad"),
    ),
    ...(hosted.length > 0 && facts.checked === undefined
      ? [
          item(
            words`The hosts were not asked, so this is what was recorded. To ask them: ${code("cdktf-control-plane report --check")}`,
            "none",
          ),
        ]
      : []),
  ];
}

function versionItems({ version, facts }: Cluster): Item[] {
  const recorded = facts.inventory?.kubernetesVersion;
  const unanchored = facts.inspected?.unanchored;
  return [
    ...(version !== undefined && recorded !== undefined && version !== recorded
      ? [
          item(
            words`The program wants Kubernetes ${version}, and the last rollout recorded ${recorded}: ${DEPLOY} changes the nodes one after the other.`,
            "due",
          ),
        ]
      : []),
    ...(unanchored === undefined
      ? []
      : [
          item(
            words`The CAs were not compared with Terraform's state, so an exchanged CA would go unnoticed: ${unanchored}.`,
            "none",
          ),
        ]),
  ];
}
