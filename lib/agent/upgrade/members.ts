import { join } from "node:path";
import type { Clock } from "../../base/clock";
import { AgentError } from "../../base/errors";
import { LIMITS } from "../../base/limits";
import {
  fields,
  flag,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import { runsProcesses } from "../../store/inventory";
import type { Store } from "../../store/store";
import { EtcdClient } from "../cluster/etcd";
import { Server } from "../cluster/https";
import type { Host } from "../hosts/host";
import { treeFile } from "../hosts/tree";
import type { SeenMember } from "./seen";

/** A node with a member of etcd, whose host is reached. */
export interface MemberNode {
  readonly request: NodeRequest;
  readonly host: Host;
}

/** etcd leaves out fields that are zero, false or empty, and those that a release does not have. */
export const MEMBER_STATUS = fields({
  header: fields({ member_id: text }),
  version: text,
  storageVersion: optional(text),
  isLearner: optional(flag),
});
export const ALARMS = fields({
  alarms: optional(
    list(fields({ memberID: optional(text), alarm: optional(text) })),
  ),
});

/** What each member says about itself. One that does not answer has only a problem. */
export function readMembers(
  nodes: readonly MemberNode[],
  etcd: EtcdRequest,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<SeenMember[]> {
  return Promise.all(
    nodes.map(async (node): Promise<SeenMember> => {
      const { name } = node.request;
      const server = serverOf(node, etcd, store);
      try {
        return await readMember(name, server, clock);
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        const [problem] = error.message.split("\n");
        return { name, problem, isLearner: false, alarms: [] };
      } finally {
        server.close();
      }
    }),
  );
}

async function readMember(
  name: string,
  server: Server,
  clock: Clock,
): Promise<SeenMember> {
  const ask = <T>(path: string, body: object, shape: Shape<T>): Promise<T> =>
    server.ask({ method: "POST", path, body, limit: LIMITS.etcdAnswer }, shape);
  const status = await ask("/v3/maintenance/status", {}, MEMBER_STATUS);
  const { isLearner = false, version, storageVersion, header } = status;
  // A learner is never healthy.
  const problem = isLearner
    ? undefined
    : await new EtcdClient(server, clock).problem();
  const { alarms = [] } = isLearner
    ? {}
    : await ask("/v3/maintenance/alarm", { action: "GET" }, ALARMS);
  return {
    name,
    ...(problem !== undefined && { problem }),
    isLearner,
    version,
    ...(storageVersion && { storageVersion }),
    alarms: alarms
      .filter(({ memberID }) => memberID === header.member_id)
      .map(({ alarm = "NONE" }) => alarm),
  };
}

/** A member, asked with the certificate of its node for health checks. */
function serverOf(
  { request, host }: MemberNode,
  { certificatesDir, clientPort }: EtcdRequest,
  store: Store,
): Server {
  const { name, address } = request;
  const pem = (file: string): string =>
    // The folder of a process is relative to its tree.
    treeFile(store, name, join("/", certificatesDir, file))?.toString() ?? "";
  const ca = pem("ca.crt");
  // Only a process on this machine may run without TLS.
  const isPlain = ca === "" && runsProcesses(request);
  return new Server({
    title: `etcd of ${name}`,
    host,
    address,
    port: clientPort,
    ...(!isPlain && {
      tls: {
        trust: { ca, name: address },
        client: {
          cert: pem("healthcheck-client.crt"),
          key: pem("healthcheck-client.key"),
        },
      },
    }),
  });
}
