import { isIP } from "node:net";
import { NODE_STATE_DIR } from "../../catalog/paths";
import { unitPath } from "../../catalog/units";
import type { Node } from "../cluster/nodes";
import type { Host, HostFile } from "../hosts/host";
import POD_ROUTES from "../hosts/scripts/pod-routes.sh";
import START_POD_ROUTES from "../hosts/scripts/start-pod-routes.sh";
import { lastLines } from "../hosts/ssh-failure";
import type { PodNetworkRequest } from "../../request/request";

/**
 * Files of the routed pod network on a host. Their content is known only when the cluster has assigned pod addresses.
 */
const CNI_CONFIGURATION = "/etc/cni/net.d/10-cdktf-control-plane.conflist";
const ROUTES = "/etc/cdktf-control-plane/pod-routes";
const UNIT = unitPath("cdktf-pod-routes");
export const POD_NETWORK_FILES: readonly string[] = [
  CNI_CONFIGURATION,
  ROUTES,
  UNIT,
];

/** The files on a node that a rollout writes after the node's own. */
export const laterFilesOf = (network: PodNetworkRequest | undefined) =>
  network?.kind === "routed" ? POD_NETWORK_FILES : [];

/** Exists on a host if the unit was started with the current files. */
export const POD_ROUTES_STAMP = `${NODE_STATE_DIR}/cdktf-pod-routes`;
/** The CNI plugins that the configuration names, and `loopback`, which every runtime needs. */
export const PLUGINS = ["bridge", "host-local", "loopback", "portmap"];

/** A node of the pod network. */
export interface Peer {
  readonly name: string;
  readonly addresses: readonly string[];
  /** The blocks of pod addresses that are assigned to it. */
  readonly podCidrs: readonly string[];
}

/** Reads a Node object; `undefined` until the controller manager has assigned a block to it. */
export function peerOf({ metadata, spec, status }: Node): Peer | undefined {
  const podCidrs = spec?.podCIDRs ?? [];
  const addresses = (status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map(({ address }) => address);
  return podCidrs.length > 0 && addresses.length > 0
    ? { name: metadata.name, podCidrs, addresses }
    : undefined;
}

/**
 * A bridge on each host, and a route to the pods of each other host. Nothing has to be downloaded, but the hosts have
 * to share a link.
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
export function podNetworkFiles(
  own: Peer,
  peers: readonly Peer[],
  podSubnets: readonly string[],
  isPrivate = false,
): HostFile[] {
  const file = (path: string, text: string): HostFile => ({
    path,
    content: Buffer.from(text),
    mode: isPrivate ? 0o600 : 0o644,
    owner: "root:root",
  });
  return [
    file(CNI_CONFIGURATION, configuration(own)),
    file(ROUTES, routes(own, peers, podSubnets)),
    file(UNIT, UNIT_TEXT),
  ];
}

function configuration({ podCidrs }: Peer): string {
  return `${JSON.stringify(
    {
      cniVersion: "0.4.0",
      name: "cdktf-control-plane",
      plugins: [
        {
          type: "bridge",
          bridge: "cni0",
          isGateway: true,
          // Pods see each other's addresses; the unit of the routes masquerades traffic to other destinations.
          ipMasq: false,
          hairpinMode: true,
          ipam: {
            type: "host-local",
            ranges: podCidrs.map((subnet) => [{ subnet }]),
            routes: podCidrs.map((cidr) => ({
              dst: cidr.includes(":") ? "::/0" : "0.0.0.0/0",
            })),
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    },
    undefined,
    2,
  )}\n`;
}

/** The start of the script's here-document, which holds its data. */
const DATA = "<<'END'\n";

/** The unit's script, with the routes and pod subnets of this cluster as its data, one per line. */
function routes(
  own: Peer,
  peers: readonly Peer[],
  podSubnets: readonly string[],
): string {
  const lines = peers
    .filter(({ name }) => name !== own.name)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ podCidrs, addresses }) =>
      podCidrs.flatMap((cidr) => {
        const via = addresses.find(
          (address) => (isIP(address) === 6) === cidr.includes(":"),
        );
        return via === undefined ? [] : [`route ${cidr} ${via}`];
      }),
    );
  const pods = podSubnets.map((subnet) => `pods ${subnet}`);
  // The values come from the API and the program: lines with anything but addresses are left out.
  const data = [...lines, ...pods].filter((line) => /^[\w .:/]+$/.test(line));
  return POD_ROUTES.replace(DATA, () => `${DATA}${data.join("\n")}\n`);
}

const UNIT_TEXT = `[Unit]
Description=Routes to the pods of the other nodes
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${ROUTES}

[Install]
WantedBy=multi-user.target
`;

/** Starts the unit of the routes, after its files have changed. Returns the problem if that fails. */
export async function startPodRoutes(host: Host): Promise<string | undefined> {
  const { exitCode, stderr } = await host.run(START_POD_ROUTES, {
    args: [POD_ROUTES_STAMP],
  });
  return exitCode === 0 ? undefined : lastLines(stderr);
}
