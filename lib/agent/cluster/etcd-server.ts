import type { EtcdRequest, NodeRequest } from "../../request/request";
import type { Work } from "../../store/work";
import type { Host } from "../hosts/host";
import { treeFile } from "../hosts/tree";
import { EtcdClient } from "./etcd";
import { Server } from "./https";

/** A node that may be a member, and whose host is reached. */
export interface MemberNode {
  readonly name: string;
  readonly host: Host;
  readonly request: NodeRequest;
}

/** A client of a node's etcd, with the certificate for health checks from the node's tree in the store. */
export function etcdClientOf(
  { name, host, request }: MemberNode,
  { certificatesDir, clientPort, tls = true }: EtcdRequest,
  { store, clock }: Pick<Work, "store" | "clock">,
): EtcdClient {
  const pem = (file: string): string =>
    treeFile(store, name, `${certificatesDir}/${file}`)?.toString() ?? "";
  const { address } = request;
  return new EtcdClient(
    new Server({
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
    }),
    clock,
  );
}
