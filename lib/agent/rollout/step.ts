import type { NodeChanges } from "./changes";

/** All that a rollout does, one kind of step after another. `steps.ts` says how each is done. */
export type StepKind =
  | "prepare"
  | "remove member"
  | "start etcd"
  | "start"
  | "change"
  | "set data aside"
  | "add learner"
  | "start learner"
  | "promote"
  | "join"
  | "confirm"
  | "cordon"
  | "drain"
  | "leave"
  | "apply objects"
  | "pod network"
  | LocalStepKind;

/** What is done with the processes of a control plane on this machine. */
export type LocalStepKind =
  "check programs" | "end process" | "start process" | "record";

/** One step, as data: it is planned, shown, done and compared without anybody knowing how it is done. */
export interface Step {
  readonly kind: StepKind;
  /** The nodes that it is done to, all at once; of a local control plane the processes. */
  readonly nodes: readonly string[];
  /** What it does, in words. */
  readonly title: string;
  /** What it waits for before the next step begins. */
  readonly waitsFor?: string;
  /** What it brings to each node that differs. */
  readonly changes?: Readonly<Record<string, NodeChanges>>;
}

/** Each waits for what it starts; after one of them a node is as it is to be. */
export const FINISHING: readonly StepKind[] = ["start", "change", "join"];

/** They change nodes: where one fails, the rollout halts, and the error names the nodes that were not touched. */
const TOUCHING: readonly StepKind[] = [
  ...FINISHING,
  "start etcd",
  "set data aside",
  "add learner",
  "start learner",
  "promote",
];

export const touches = ({ kind }: Pick<Step, "kind">): boolean =>
  TOUCHING.includes(kind);

/** What is said of a kind of step, after the names of its nodes, and what it waits for. */
const TEXTS: Readonly<Record<StepKind, readonly [string, string?]>> = {
  prepare: [
    "check the hosts, and send the images and binaries that they lack",
    "all findings",
  ],
  "remove member": ["remove the member from etcd"],
  "start etcd": ["start etcd, on all at once", "etcd to be healthy"],
  start: [
    "start the API server, then the rest, each node in its own time",
    "every component to be healthy",
  ],
  change: ["bring what differs", "every component to be healthy"],
  "set data aside": [
    "stop etcd and keep its data beside their place, because they belong to another membership",
  ],
  "add learner": ["add to etcd as a member that does not vote yet"],
  "start learner": ["start etcd as that member"],
  promote: ["make it a member that votes", "it to catch up with the others"],
  join: [
    "join the cluster with a bootstrap token",
    "each kubelet to get its certificate and to register",
  ],
  confirm: [
    "record what the nodes have, labels and taints included",
    "the cluster to know each node",
  ],
  cordon: ["schedule no more pods there"],
  drain: ["move the pods elsewhere", "the pods to end, for a limited time"],
  leave: ["leave the cluster, and clean the host"],
  "apply objects": ["apply the cluster's objects"],
  "pod network": [
    "set the routes to the pods of all nodes",
    "each node to be Ready",
  ],
  "check programs": [
    "check that every program is there, and that nobody else has its ports",
  ],
  "end process": ["end what is no longer wanted"],
  "start process": ["start", "it to be ready"],
  record: ["record what runs"],
};

export function stepOf(
  kind: StepKind,
  nodes: readonly { readonly name: string; readonly changes?: NodeChanges }[],
): Step {
  const [text, waitsFor] = TEXTS[kind];
  const names = nodes.map(({ name }) => name);
  const brings = [...FINISHING, "start etcd", "start learner"].includes(kind);
  return {
    kind,
    nodes: names,
    title: names.length > 0 ? `${names.join(", ")}: ${text}` : text,
    ...(waitsFor !== undefined && { waitsFor }),
    ...(brings && {
      changes: Object.fromEntries(
        nodes.flatMap(({ name, changes }) =>
          changes ? [[name, changes]] : [],
        ),
      ),
    }),
  };
}
