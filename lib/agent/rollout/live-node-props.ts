import type { Clock } from "../../base/clock";
import type { CertificateFacts } from "../../pki/certificates";
import type { Host, HostFile } from "../hosts/host";
import type { NodeRequest } from "../../request/request";
import type { Client } from "../health/health";
import type { Running } from "../health/running";

export interface LiveNodeProps {
  readonly request: NodeRequest;
  readonly host: Host;
  /** The node tree in the store. */
  readonly tree: readonly HostFile[];
  /** Whether this very tree was delivered before, so that differences are edits by somebody else. */
  readonly hadTree: boolean;
  /** etcd's data directory, if it holds data on this host. */
  readonly etcdDataDir?: string;
  /** etcd's data directory, even if it is still empty. */
  readonly etcdFolder?: string;
  /** Files that a later step writes (the pod network), which are left as they are. */
  readonly keeps: readonly string[];
  /** Files whose present content matters besides that of the usual ones. @default - none */
  readonly reads?: readonly string[];
  /** The CAs whose credentials kubelet keeps. Absent: all that the cluster trusts. */
  readonly kubeletIssuers?: readonly CertificateFacts[];
  /** The client certificate for health checks. */
  readonly client: Client;
  /** Only read the host, and change nothing there. */
  readonly readOnly?: boolean;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** What ran on a host before a delivery, and which of these components restart because of it. */
export interface Change {
  readonly before: Running;
  readonly replaced: ReadonlySet<string>;
}
