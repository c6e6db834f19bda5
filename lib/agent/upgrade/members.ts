import type { EtcdState } from "../../request/etcd-care";
import type { NodeRequest } from "../../request/request";
import type { Host } from "../hosts/host";
import type { SeenMember } from "./seen";

/** A node of the control plane, or a host of a dedicated etcd, that is reached. */
export interface ReachedNode {
  readonly request: NodeRequest;
  readonly host: Host;
}

/** The members of etcd, each with the alarms that it raised. */
export const seenMembers = ({ members, alarms }: EtcdState): SeenMember[] =>
  members.map(({ name, id, problem, isLearner, status }) => ({
    name,
    isLearner,
    alarms: alarms
      .filter(({ memberId }) => memberId === id)
      .map(({ kind }) => kind),
    ...(problem !== undefined && { problem }),
    ...(status && { version: status.version, size: status.size }),
    ...(status?.storageVersion && { storageVersion: status.storageVersion }),
  }));
