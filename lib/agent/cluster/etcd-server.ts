import { join } from "node:path";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import { runsProcesses } from "../../store/inventory";
import type { Store } from "../../store/store";
import type { Host } from "../hosts/host";
import { treeFile } from "../hosts/tree";
import { Server } from "./https";

/** A node whose host is reached. */
export interface EtcdNode {
  readonly name: string;
  readonly host: Host;
  readonly request: NodeRequest;
}

/** The etcd member of a node, asked with the node's certificate for health checks, which may do everything. */
export function etcdServer(
  { name, host, request }: EtcdNode,
  { certificatesDir, clientPort }: EtcdRequest,
  store: Store,
): Server {
  const pem = (file: string): string =>
    // The folder of a process is relative to its tree.
    treeFile(store, name, join("/", certificatesDir, file))?.toString() ?? "";
  const ca = pem("ca.crt");
  // Only a process on this machine may run without TLS.
  const isPlain = ca === "" && runsProcesses(request);
  return new Server({
    title: `etcd of ${name}`,
    host,
    address: request.address,
    port: clientPort,
    ...(!isPlain && {
      tls: {
        trust: { ca, name: request.address },
        client: {
          cert: pem("healthcheck-client.crt"),
          key: pem("healthcheck-client.key"),
        },
      },
    }),
  });
}
