import { sizeInWords } from "../../base/size";
import type { CareAct } from "../../request/etcd-care";

/** What was done, in words behind the name of the member. */
export function actInWords(act: CareAct): string {
  switch (act.kind) {
    case "compact":
      return `${act.member}: compacted to revision ${act.revision}`;
    case "move leadership":
      return `${act.member}: no longer the leader, which is ${act.to} now`;
    case "defragment":
      return `${act.member}: defragmented, ${sizeInWords(act.before)} became ${sizeInWords(act.after)}`;
    case "disarm":
      return `${act.member}: alarm ${act.alarm.kind} disarmed`;
  }
}
