import type { EtcdRequest, NodeRequest } from "../../request/request";
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
  { certificatesDir, clientPort, tls = true }: EtcdRequest,
  store: Store,
): Server {
  const pem = (file: string): string =>
    treeFile(store, name, `${certificatesDir}/${file}`)?.toString() ?? "";
  const { address } = request;
  return new Server({
    title: `etcd of ${name}`,
    host,
    address,
    port: clientPort,
    ...(tls && {
      tls: {
        trust: { ca: pem("ca.crt"), name: address },
        client: {
          cert: pem("healthcheck-client.crt"),
          key: pem("healthcheck-client.key"),
        },
      },
    }),
  });
}
