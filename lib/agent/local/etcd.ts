import { dirname } from "node:path";
import { ETCD } from "../../catalog/etcd";
import type { EtcdRequest, NodeRequest } from "../../request/request";

/** How the etcd of a local control plane is reached, from the command that starts it; `undefined` if it has none. */
export function localEtcd({
  components,
}: Pick<NodeRequest, "components">): EtcdRequest | undefined {
  const { command } = components.find(({ name }) => name === ETCD.id) ?? {};
  if (command === undefined) return undefined;
  const valueOf = (flag: string): string =>
    command
      .findLast((word) => word.startsWith(`--${flag}=`))
      ?.slice(flag.length + 3) ?? "";
  const portOf = (flag: string): number =>
    Number(/:(\d+)(?:,|$)/.exec(valueOf(flag))?.[1]);
  return {
    dataDir: valueOf("data-dir"),
    certificatesDir: dirname(valueOf("trusted-ca-file")),
    clientPort: portOf("listen-client-urls"),
    peerPort: portOf("listen-peer-urls"),
  };
}
