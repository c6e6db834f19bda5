import type { AgentError } from "../../base/errors";
import { encryptionAfter } from "./encryption-planner";
import { quorumOf } from "./quorum";
import type { Step, StepKind } from "./step";
import type {
  ClusterView,
  Decision,
  EtcdView,
  MemberView,
  NodeView,
} from "./view";
import { changesWithout, NO_CHANGES } from "./changes";

/** All remaining steps, assuming that each of them succeeds. */
export interface Forecast {
  readonly steps: readonly Step[];
  /** Why the rollout would stop before everything is done. */
  readonly refusal?: AgentError;
}

/** More steps than any rollout takes: a planner that never finishes has a bug. */
const MOST_STEPS = 10_000;

/** Plans one step after the other, and assumes that each is done. */
export function forecast<View>(
  view: View,
  next: (view: View) => Decision,
  after: (view: View, step: Step) => View,
): Forecast {
  const steps: Step[] = [];
  for (let at = 0; at < MOST_STEPS; at++) {
    const decision = next(view);
    if (decision === "finished") return { steps };
    if ("refusal" in decision) return { steps, refusal: decision.refusal };
    steps.push(decision.step);
    view = after(view, decision.step);
  }
  throw new Error(`no end after ${MOST_STEPS} steps`);
}

/** The expected state of the cluster after a step. */
export function afterStep(view: ClusterView, step: Step): ClusterView {
  const effect = EFFECTS[step.kind];
  const nodes = view.nodes.map((node) =>
    step.nodes.includes(node.name) && effect
      ? { ...node, ...effect(node) }
      : node,
  );
  const after = {
    ...view,
    nodes,
    ...(view.encryption && {
      encryption: encryptionAfter(view.encryption, step),
    }),
    done: [...view.done, step],
  };
  return view.etcd
    ? { ...after, etcd: etcdAfter(view.etcd, view, after, step) }
    : after;
}

const VOTER: MemberView = { learner: false, started: true };

/** How each kind of step changes the state of a node. */
const EFFECTS: Partial<
  Record<StepKind, (node: NodeView) => Partial<NodeView>>
> = {
  "remove member": () => ({ member: undefined }),
  "start etcd": (node) => ({
    ...afterStartOfEtcd(node),
    unhealthy: node.unhealthy.filter((name) => name !== "etcd"),
    member: VOTER,
    hasEtcdData: true,
  }),
  start: afterDelivery,
  change: afterDelivery,
  sign: () => ({ signerChanges: NO_CHANGES }),
  join: (node) => ({ ...afterDelivery(node), joined: true }),
  stop: ({ runs }) => ({
    unhealthy: [
      ...(runs.etcd ? ["etcd"] : []),
      ...(runs.apiServer ? ["kube-apiserver"] : []),
    ],
  }),
  empty: () => ({ emptied: true }),
  fill: () => ({ emptied: false }),
  "restore data": () => ({ hasEtcdData: true, restored: true }),
  "set data aside": () => ({ hasEtcdData: false }),
  "add learner": () => ({ member: { learner: true, started: false } }),
  "start learner": (node) => ({
    ...afterStartOfEtcd(node),
    member: { learner: true, started: true },
    hasEtcdData: true,
  }),
  promote: () => ({ member: VOTER }),
  leave: () => ({ retired: true }),
};

const afterStartOfEtcd = ({
  changes,
  changesForEtcd,
}: NodeView): Pick<NodeView, "changes" | "changesForEtcd"> => ({
  changes: changesWithout(changes, changesForEtcd),
  changesForEtcd: NO_CHANGES,
});

function afterDelivery({ member, hasEtcdData }: NodeView): Partial<NodeView> {
  return {
    changes: NO_CHANGES,
    changesForEtcd: NO_CHANGES,
    unhealthy: [],
    ...(member && { member: { ...member, started: true } }),
    hasEtcdData: hasEtcdData || member !== undefined,
  };
}

/** The expected state of etcd after a step. Members that are none of these nodes are assumed to stay as they are. */
function etcdAfter(
  before: EtcdView,
  { nodes: former }: ClusterView,
  { nodes, established }: ClusterView,
  { kind, nodes: names }: Step,
): EtcdView {
  const others = before.healthy.filter((name) => !names.includes(name));
  switch (kind) {
    case "start etcd": {
      // A node that is not reached is probably a member.
      const voters = nodes.filter(
        ({ name, runs, reached, retired }) =>
          names.includes(name) ||
          (established && runs.etcd && !reached && !retired),
      ).length;
      const healthy = [...others, ...names];
      return { voters, healthy, hasQuorum: healthy.length >= quorumOf(voters) };
    }
    case "stop":
      return { ...before, healthy: [], hasQuorum: false };
    case "remove member": {
      const voted = former.filter(
        ({ name, member }) => names.includes(name) && member?.learner === false,
      );
      const voters = before.voters - voted.length;
      return { ...before, voters, healthy: others };
    }
    case "promote":
      return {
        ...before,
        voters: before.voters + 1,
        healthy: [...others, ...names],
      };
    case "start":
    case "change": {
      const voting = nodes.flatMap(({ name, member }) =>
        names.includes(name) && member?.learner === false ? [name] : [],
      );
      return { ...before, healthy: [...others, ...voting] };
    }
    default:
      return before;
  }
}
