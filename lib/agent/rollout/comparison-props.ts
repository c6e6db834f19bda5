import type { CertificateFacts } from "../../pki/certificates";
import type { HostState } from "../hosts/delivery";
import type { HostFile } from "../hosts/host";
import type { NodeRequest } from "../../request/request";
import type { HeldFile, Joining } from "./present";

export interface ComparisonProps {
  readonly request: Pick<NodeRequest, "components" | "binaries">;
  /** The node tree in the store. */
  readonly tree: readonly HostFile[];
  /** Whether this very tree was delivered before, so that differences are edits by somebody else. */
  readonly hadTree: boolean;
  /** Files that a later step writes (the pod network), which are left as they are. */
  readonly keeps: readonly string[];
  /** The current state of the host. */
  readonly state: HostState;
  readonly hasEtcdData: boolean;
  /** Set if its etcd joins existing members. */
  readonly joining?: Joining;
  /** Files that sign, with the content that they keep until every API server trusts what the new ones sign. */
  readonly held?: readonly HeldFile[];
  /** The CAs whose credentials kubelet keeps. Absent: all that the cluster trusts. */
  readonly kubeletIssuers?: readonly CertificateFacts[];
  /** Files in addition to the tree. */
  readonly extra: readonly HostFile[];
  /** An id of this repair, so that it differs from earlier repairs. */
  readonly repair: string;
  /** When the host was read, in milliseconds since 1970. */
  readonly now: number;
  /** The EncryptionConfiguration whose turn it is. Absent: the tree's. */
  readonly encryption?: HeldFile;
}
