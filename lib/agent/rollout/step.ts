import type { NodeChanges } from "./changes";

/** The kinds of steps of a rollout. `steps.ts` implements them. */
export type StepKind =
  | "prepare"
  | "back up"
  | "stop"
  | "restore data"
  | "empty"
  | "fill"
  | "remove member"
  | "start etcd"
  | "start"
  | "change"
  | "sign"
  | "set data aside"
  | "add learner"
  | "start learner"
  | "promote"
  | "join"
  | EncryptionStepKind
  | "confirm"
  | "cordon"
  | "drain"
  | "leave"
  | "apply objects"
  | "pod network"
  | "await nodes"
  | LocalStepKind;

/** The kinds of steps for a local control plane, whose components are processes of this machine. */
export type LocalStepKind =
  "check programs" | "end process" | "start process" | "record";

/** The kinds of steps with which values get encrypted in another way. */
export type EncryptionStepKind =
  "read key" | "write key" | "rewrite" | "settle" | "drop key";

/** One step, as data: it can be planned, printed, done and compared without knowing how it is implemented. */
export interface Step {
  readonly kind: StepKind;
  /** The nodes that the step changes, all at once; for a local control plane, the processes. */
  readonly nodes: readonly string[];
  /** The step in words, for people. */
  readonly title: string;
  /** What the step waits for before it ends. */
  readonly waitsFor?: string;
  /** What the step changes on each node that differs. */
  readonly changes?: Readonly<Record<string, NodeChanges>>;
}

/** The steps that deliver everything to a node. Each waits for the components that it starts. */
export const FULL_DELIVERIES: readonly StepKind[] = [
  "start",
  "change",
  "join",
  "sign",
];

/** The steps that change nodes. If one fails, the rollout ends, and the error names the nodes that were not touched. */
const TOUCHING: readonly StepKind[] = [
  ...FULL_DELIVERIES,
  "start etcd",
  "set data aside",
  "stop",
  "restore data",
  "add learner",
  "start learner",
  "promote",
  "read key",
  "write key",
  "drop key",
];

export const touches = ({ kind }: Pick<Step, "kind">): boolean =>
  TOUCHING.includes(kind);

const USES_CONFIGURATION =
  "it to use its new EncryptionConfiguration, which takes up to a minute";

/** The title of each kind of step, printed after the names of its nodes, and what the step waits for. */
const TEXTS: Readonly<Record<StepKind, readonly [string, string?]>> = {
  prepare: ["check the hosts, and send missing images and binaries"],
  "back up": ["save etcd into a backup, in the store"],
  stop: ["stop everything that uses etcd's data"],
  "restore data": ["set etcd's data aside, and make new data from the backup"],
  empty: [
    "cordon and drain, because its kubelet gets another minor",
    "the pods to end, for a limited time",
  ],
  fill: ["let pods be scheduled there again"],
  "remove member": ["remove from etcd"],
  "start etcd": ["start etcd", "etcd to be healthy"],
  start: [
    "start the API server, then the other components",
    "every component to be healthy",
  ],
  change: ["deliver what differs", "every component to be healthy"],
  sign: [
    "sign with the new keys, which every API server trusts",
    "every component to be healthy",
  ],
  "set data aside": [
    "stop etcd and move its data aside, because they belong to an earlier membership",
  ],
  "add learner": ["add to etcd as a learner, which does not vote yet"],
  "start learner": ["start etcd as a learner"],
  promote: [
    "make the learner a voting member",
    "it to catch up with the others",
  ],
  join: [
    "join the cluster with a bootstrap token",
    "each kubelet to get its certificate and to register",
  ],
  "read key": [
    "let the API server read values both as they are and as they will be",
    USES_CONFIGURATION,
  ],
  "write key": [
    "let the API server write values as they will be",
    USES_CONFIGURATION,
  ],
  rewrite: [
    "write all values again that are not encrypted as the program says, and prove in etcd that none is left",
  ],
  settle: ["save etcd into a backup, in the store, while all keys are in use"],
  "drop key": [
    "let the API server forget how values were before",
    USES_CONFIGURATION,
  ],
  confirm: [
    "record what was delivered, and set the labels and taints of workers",
    "each node to be registered",
  ],
  cordon: ["cordon, so that no more pods are scheduled there"],
  drain: [
    "drain, which moves the pods to other nodes",
    "the pods to end, for a limited time",
  ],
  leave: ["remove from the cluster, and clean the host"],
  "apply objects": ["apply the cluster objects"],
  "pod network": [
    "set the routes to the pods of all nodes",
    "each node to be Ready",
  ],
  "await nodes": [
    "see that the pod network has started",
    "each node to be Ready",
  ],
  "check programs": [
    "check that every program exists and has the right version, and that its ports are free",
  ],
  "end process": ["end, because the program no longer lists it"],
  "start process": ["start", "it to be ready"],
  record: ["record what runs"],
};

export function stepOf(
  kind: StepKind,
  nodes: readonly {
    readonly name: string;
    readonly changes?: NodeChanges;
    readonly changesForEtcd?: NodeChanges;
  }[],
): Step {
  const [text, waitsFor] = TEXTS[kind];
  const names = nodes.map(({ name }) => name);
  const startsEtcd = kind === "start etcd" || kind === "start learner";
  const delivers = startsEtcd || FULL_DELIVERIES.includes(kind);
  return {
    kind,
    nodes: names,
    title: names.length > 0 ? `${names.join(", ")}: ${text}` : text,
    ...(waitsFor !== undefined && { waitsFor }),
    ...(delivers && {
      changes: Object.fromEntries(
        nodes.flatMap(({ name, changes, changesForEtcd }) => {
          const delivered = startsEtcd ? changesForEtcd : changes;
          return delivered ? [[name, delivered]] : [];
        }),
      ),
    }),
  };
}

/** The step that restores etcd. @param backup what is restored: `revision 446 of 2026-11-29T21:41:26.000Z` */
export function restoreStep(
  nodes: readonly { readonly name: string }[],
  backup: string,
): Step {
  const step = stepOf("restore data", nodes);
  return {
    ...step,
    title: `${step.title}: ${backup}. What was written later is lost`,
  };
}
