import { isIP } from "node:net";
import { unitPath } from "../../catalog/units";
import type { Node } from "../cluster/nodes";
import type { Host, HostFile } from "../hosts/host";
import { lastLines } from "../hosts/ssh-failure";

/** Files of the routed pod network on a host; what is in them is known only once the cluster gave out addresses. */
export const CNI_CONFIGURATION =
  "/etc/cni/net.d/10-cdktf-control-plane.conflist";
const ROUTES = "/etc/cdktf-control-plane/pod-routes";
const UNIT = unitPath("cdktf-pod-routes");
export const POD_NETWORK_FILES: readonly string[] = [
  CNI_CONFIGURATION,
  ROUTES,
  UNIT,
];
/** What the configuration names, and what every runtime runs beside. */
export const PLUGINS = ["bridge", "host-local", "loopback", "portmap"];

/** A node as the pod network sees it. */
export interface Peer {
  readonly name: string;
  readonly addresses: readonly string[];
  /** The blocks of pod addresses that are its own. */
  readonly podCidrs: readonly string[];
}

/** From an object of the API; absent while the controller manager has given it no block. */
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
 * A bridge on each host and a route to each other host's pods: nothing to download, for hosts that share a link.
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
export function podNetworkFiles(
  own: Peer,
  peers: readonly Peer[],
  podSubnets: readonly string[],
): HostFile[] {
  const file = (path: string, text: string): HostFile => ({
    path,
    content: Buffer.from(text),
    mode: 0o644,
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
          // Between pods there is nothing to hide; the routes' unit hides them from the rest of the world.
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

/** The unit's script: data of the cluster, a word and addresses a line, and what is done with them. */
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
  // From the API and the program: anything but an address has no business here.
  const data = [...lines, ...pods].filter((line) => /^[\w .:/]+$/.test(line));
  return `${SCRIPT_BEGINNING}${data.join("\n")}\n${SCRIPT_END}`;
}

/** `proto 157` marks the routes as ours; replaced one by one, so that none that stays is gone for a moment. */
const SCRIPT_BEGINNING = `set -e
command -v iptables >/dev/null || { echo "iptables is not there: install it" >&2; exit 1; }
# Without it services do not answer pods of the same node; where it is built in there is nothing to load.
[ -e /proc/sys/net/bridge ] || modprobe br_netfilter
for switch in ipv4/ip_forward ipv6/conf/all/forwarding bridge/bridge-nf-call-iptables; do
  [ ! -e /proc/sys/net/$switch ] || echo 1 > /proc/sys/net/$switch
done
wanted=' '
while read -r word to via; do
  case $to in
    *:*) family=-6 tables=ip6tables ;;
    *) family=-4 tables=iptables ;;
  esac
  case $word in
    route)
      ip $family route replace "$to" via "$via" proto 157
      wanted="$wanted$to " ;;
    pods)
      rule="POSTROUTING -s $to ! -d $to -j MASQUERADE"
      $tables -t nat -C $rule 2>/dev/null || $tables -t nat -A $rule ;;
  esac
done <<'END'
`;

const SCRIPT_END = `END
for family in -4 -6; do
  ip $family route show proto 157 | while read -r to _; do
    case $wanted in
      *" $to "*) ;;
      *) ip $family route delete "$to" proto 157 ;;
    esac
  done
done
`;

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

/** After its files have changed, or where it does not run. */
export async function startPodRoutes(host: Host): Promise<string | undefined> {
  const { exitCode, stderr } = await host.run(`
    systemctl daemon-reload &&
    systemctl enable --quiet cdktf-pod-routes &&
    systemctl restart cdktf-pod-routes
  `);
  return exitCode === 0 ? undefined : lastLines(stderr);
}
