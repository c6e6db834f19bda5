import {
  ENDPOINT_PROGRAMS,
  endpointPaths,
  isControlPlaneNode,
  type ManagedEndpoint,
  PROXY_PATHS,
} from "../catalog/endpoint";
import { certificatePath } from "../catalog/paths";
import type { Site, SiteNode } from "../catalog/site";
import { commandLine, unitFile } from "./unit";

const BACKEND = "kube-apiserver";

/**
 * The configuration of haproxy in front of all API servers. It forwards TCP connections unchanged, so that clients and
 * API servers see each other's certificates. It checks itself which API servers are ready, as an anonymous user.
 *
 * Connections have practically no timeout, because watches may be silent for hours. TCP detects a dead host.
 * @see https://docs.haproxy.org/2.4/configuration.html
 */
export function haproxyConfiguration(
  site: Site,
  node: SiteNode,
  endpoint: ManagedEndpoint,
): string {
  const address = `${endpoint.urlHost}:${endpoint.port}`;
  return sections({
    // haproxy derives its limit of connections from the unit's limit of open files.
    global: [
      "log stdout format raw daemon notice",
      "user haproxy",
      "group haproxy",
    ],
    defaults: [
      "log global",
      "timeout connect 1s",
      "timeout check 5s",
      "timeout client 24h",
      "timeout server 24h",
      "timeout tunnel 24h",
      // HTTP has no use for half-closed connections.
      "timeout client-fin 30s",
      "timeout server-fin 30s",
    ],
    [`frontend ${BACKEND}`]: [
      "mode tcp",
      // `transparent` allows binding to the address while another node holds it.
      `bind ${address}${endpoint.kind === "virtual-ip" ? " transparent" : ""}`,
      "option clitcpka",
      ...keepalives("clitcpka", 15, 5, 3),
      `default_backend ${BACKEND}`,
    ],
    [`backend ${BACKEND}`]: [
      "mode tcp",
      // Not `leastconn`: a dead server has the fewest connections, so it would be preferred.
      "balance roundrobin",
      "retries 3",
      // Goes to another server after the first refused connection.
      "option redispatch 1",
      "option srvtcpka",
      // A host that is gone is noticed within 4 s. An API server that is merely not ready, because etcd elects a leader or
      // because it is shutting down, keeps its existing connections.
      ...keepalives("srvtcpka", 2, 1, 2),
      "option httpchk",
      "http-check send meth GET uri /readyz",
      "http-check expect status 200",
      `default-server check check-ssl verify required ca-file ${certificatePath(site, site.certificateAuthorityFiles.chain)} ${pace(site, node)} tcp-ut 4s`,
      ...site.nodes.map(
        ({ name, address: { urlHost }, bindPort }) =>
          `server ${name} ${urlHost}:${bindPort}`,
      ),
    ],
    "frontend health": [
      "mode http",
      `bind ${node.loopback.urlHost}:${endpoint.healthPort}`,
      // After 5 s, whoever asked has given up waiting.
      "timeout client 5s",
      `http-request return status 200 if { path ${PROXY_PATHS.healthy} }`,
      `http-request return status 200 if { path ${PROXY_PATHS.ready} } { nbsrv(${BACKEND}) ge 1 }`,
      "http-request return status 503",
    ],
  });
}

/**
 * TCP keepalive: the seconds of silence before the first probe, the seconds between probes, and the number of unanswered
 * probes after which the connection is closed.
 */
const keepalives = (
  option: "clitcpka" | "srvtcpka",
  idle: number,
  interval: number,
  count: number,
): string[] => [
  `${option}-idle ${idle}s`,
  `${option}-intvl ${interval}s`,
  `${option}-cnt ${count}`,
];

/**
 * How often a proxy checks the API servers. There may be many workers, and each check costs the API server a TLS
 * handshake. So workers check less often, but also treat a refused connection as a failed check.
 */
const pace = (site: Site, node: SiteNode): string =>
  isControlPlaneNode(site, node)
    ? "inter 1s fastinter 500ms fall 2 rise 1"
    : "inter 5s fastinter 500ms downinter 2s fall 2 rise 1 observe layer4 error-limit 1 on-error fastinter";

const sections = (all: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(all)
    .map(([section, lines]) =>
      [section, ...lines.map((line) => `  ${line}`), ""].join("\n"),
    )
    .join("\n");

/** The unit of the proxy. A changed configuration is a reload, which does not close connections. */
export function proxyUnit(site: Site): string {
  const { haproxy } = endpointPaths(site);
  return unitFile({
    Unit: [
      ["Description", `Proxy to the API servers of ${site.clusterName}`],
      ["Documentation", "https://docs.haproxy.org"],
      ["Wants", "network-online.target"],
      ["After", "network-online.target"],
      ["Before", "kubelet.service"],
      // systemd restarts it without a limit.
      ["StartLimitIntervalSec", "0"],
    ],
    Service: [
      ["Type", "notify"],
      [
        "ExecStart",
        commandLine([ENDPOINT_PROGRAMS.haproxy, "-Ws", "-f", haproxy]),
      ],
      // The first command checks the configuration, so that haproxy never reloads an invalid one.
      ["ExecReload", `${ENDPOINT_PROGRAMS.haproxy} -c -q -f ${haproxy}`],
      ["ExecReload", "/bin/kill -USR2 $MAINPID"],
      ["KillMode", "mixed"],
      ["SuccessExitStatus", "143"],
      ["Restart", "always"],
      ["RestartSec", "1s"],
      ["LimitNOFILE", "65536"],
      ["OOMScoreAdjust", "-999"],
      [
        "CapabilityBoundingSet",
        "CAP_DAC_READ_SEARCH CAP_KILL CAP_NET_ADMIN CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID",
      ],
      ["NoNewPrivileges", "true"],
      ["PrivateDevices", "true"],
      ["PrivateTmp", "true"],
      ["ProtectHome", "true"],
      ["ProtectKernelModules", "true"],
      ["ProtectKernelTunables", "true"],
      ["ProtectSystem", "strict"],
      ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"],
    ],
    Install: [["WantedBy", "multi-user.target"]],
  });
}
