import { cannotLeaveEtcd } from "./errors";
import { stepOf } from "./step";
import type { EtcdView, Move, NodeView } from "./view";

/** Milliseconds that a rollout waits for etcd members to become healthy before it gives up. */
export const PATIENCE = 60_000;

export const quorumOf = (members: number): number =>
  Math.floor(members / 2) + 1;

/** How many healthy members may go down at once; 0 if one more would cost etcd its quorum. */
export function spareMembers({ healthy, voters }: EtcdView): number {
  // One or two members cannot keep a quorum while one of them restarts.
  if (voters > 0 && voters < 3 && healthy.length === voters) return 1;
  return Math.max(0, healthy.length - quorumOf(voters));
}

/** Removes a node's member from etcd, if the others have a quorum without it. */
export function removal(node: NodeView, etcd: EtcdView): Move {
  const { voters } = etcd;
  const others = etcd.healthy.filter((name) => name !== node.name).length;
  const votes = node.member?.started && !node.member.learner;
  return votes && others < quorumOf(voters - 1)
    ? {
        refusal: cannotLeaveEtcd(node.name, others, voters),
        patience: PATIENCE,
      }
    : { step: stepOf("remove member", [node]) };
}
