import {
  ENDPOINT_PROGRAMS,
  ENDPOINT_UNITS,
  endpointPaths,
  FIRST_PRIORITY,
  INTERFACE_FILE,
  hasSecret,
  PROXY_PATHS,
  VRRP_SECRET,
} from "../catalog/endpoint";
import type { Site, SiteEndpoint, SiteNode, VirtualIp } from "../catalog/site";
import type { SecretSpec } from "./specs";
import { unitFile } from "./unit";

type VirtualIpEndpoint = Extract<SiteEndpoint, VirtualIp>;

/**
 * The configuration of keepalived, which assigns the address to one of the control-plane nodes. They communicate by
 * unicast, because many networks do not carry multicast. A healthy holder keeps the address (`nopreempt`), because moving
 * it back to a node that returns would break connections for no benefit.
 * @see https://keepalived.readthedocs.io/en/latest/configuration_synopsis.html
 */
export function keepalivedConfiguration(
  site: Site,
  node: SiteNode,
  endpoint: VirtualIpEndpoint,
): string {
  const paths = endpointPaths(site);
  const at = site.nodes.findIndex(({ name }) => name === node.name);
  const peers = site.nodes.filter((each) => each !== site.nodes[at]);
  return lines([
    ...(endpoint.interface ? [] : [`include ${INTERFACE_FILE.path}`, ""]),
    ...block("global_defs", [
      "enable_script_security",
      // The check script needs no rights, because it only connects to a port.
      "script_user nobody",
    ]),
    "",
    ...block("vrrp_script proxy", [
      `script ${paths.check}`,
      "interval 1",
      "timeout 2",
      "fall 2",
      "rise 1",
    ]),
    "",
    ...block("vrrp_instance kube-apiserver", [
      "state BACKUP",
      "nopreempt",
      `interface ${endpoint.interface ?? "$INTERFACE"}`,
      `virtual_router_id ${endpoint.routerId}`,
      `priority ${FIRST_PRIORITY - at}`,
      "advert_int 1",
      ...(peers.length > 0
        ? [
            `unicast_src_ip ${node.address.host}`,
            ...block(
              "unicast_peer",
              peers.map(({ address }) => address.host),
            ),
          ]
        : []),
      ...(hasSecret(node)
        ? block("authentication", ["auth_type PASS", `include ${paths.secret}`])
        : []),
      ...block("virtual_ipaddress", [endpoint.host]),
      ...block("track_script", ["proxy"]),
    ]),
  ]);
}

/** The file with the secret, which keepalived's configuration includes. */
export const vrrpSecretSpec = (): SecretSpec => ({
  letters: VRRP_SECRET.letters,
  prefix: "auth_pass ",
});

const block = (name: string, content: readonly string[]): string[] => [
  `${name} {`,
  ...content.map((line) => `  ${line}`),
  "}",
];

const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;

/** Checks whether this node's proxy finds a ready API server. It needs only bash. */
export const checkProxyScript = (
  node: SiteNode,
  { healthPort }: VirtualIpEndpoint,
): string =>
  lines([
    "#!/bin/bash",
    `exec 3<>/dev/tcp/${node.loopback.host}/${healthPort} || exit 1`,
    `printf 'GET ${PROXY_PATHS.ready} HTTP/1.0\\r\\n\\r\\n' >&3`,
    "read -r -t 1 _ status _ <&3",
    '[ "$status" = 200 ]',
  ]);

/** Finds the interface that has this node's own address, and writes it into a file for keepalived. */
export const findInterfaceScript = (): string =>
  lines([
    "#!/bin/sh",
    "set -eu",
    "read -r _ name _ <<found",
    '$(ip -oneline address show to "$1")',
    "found",
    'if [ -z "$name" ]; then',
    '  echo "no interface has the address $1 of this node" >&2',
    "  exit 1",
    "fi",
    `printf '$INTERFACE=%s\\n' "\${name%%@*}" >${INTERFACE_FILE.path}`,
  ]);

/** The unit of the virtual IP. Its PID files have their own paths, because another keepalived may run on the host. */
export function virtualIpUnit(
  site: Site,
  node: SiteNode,
  endpoint: VirtualIpEndpoint,
): string {
  const { keepalived, findInterface } = endpointPaths(site);
  const { directory } = INTERFACE_FILE;
  const find = `${findInterface} ${node.address.host}`;
  return unitFile({
    Unit: [
      ["Description", `Virtual IP of the API servers of ${site.clusterName}`],
      ["Documentation", "https://keepalived.readthedocs.io"],
      ["Wants", `network-online.target ${ENDPOINT_UNITS.proxy}`],
      ["After", `network-online.target ${ENDPOINT_UNITS.proxy}`],
      ["Before", "kubelet.service"],
      ["StartLimitIntervalSec", "0"],
    ],
    Service: [
      ["RuntimeDirectory", directory],
      ...(endpoint.interface ? [] : ([["ExecStartPre", find]] as const)),
      [
        "ExecStart",
        [
          ENDPOINT_PROGRAMS.keepalived,
          "--dont-fork",
          "--log-console",
          "--no-syslog",
          "--vrrp",
          `--use-file=${keepalived}`,
          `--pid=/run/${directory}/keepalived.pid`,
          `--vrrp_pid=/run/${directory}/vrrp.pid`,
        ].join(" \\\n  "),
      ],
      ...(endpoint.interface ? [] : ([["ExecReload", find]] as const)),
      ["ExecReload", "/bin/kill -HUP $MAINPID"],
      ["KillMode", "mixed"],
      ["Restart", "always"],
      ["RestartSec", "1s"],
      // With the highest priority, keepalived on a busy node still answers in time.
      ["Nice", "-20"],
      ["OOMScoreAdjust", "-999"],
      [
        "CapabilityBoundingSet",
        "CAP_KILL CAP_NET_ADMIN CAP_NET_RAW CAP_SETGID CAP_SETUID",
      ],
      ["NoNewPrivileges", "true"],
      ["PrivateTmp", "true"],
      ["ProtectHome", "true"],
      ["ProtectKernelModules", "true"],
      ["ProtectSystem", "strict"],
      [
        "RestrictAddressFamilies",
        "AF_INET AF_INET6 AF_NETLINK AF_PACKET AF_UNIX",
      ],
    ],
    Install: [["WantedBy", "multi-user.target"]],
  });
}
