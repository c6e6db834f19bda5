import {
  ENDPOINT_PROGRAMS,
  endpointPaths,
  isControlPlaneNode,
  type ManagedEndpoint,
  PROXY_PATHS,
} from "../catalog/endpoint";
import { certificatePath } from "../catalog/paths";
import type { Site, SiteNode } from "../catalog/site";
import { commandLine, type UnitText, unitFile } from "./unit";

const BACKEND = "kube-apiserver";

/**
 * haproxy in front of all API servers: connections go through as they are, so that clients and API servers see each
 * other's certificates. Which API servers are ready it asks them itself, as nobody in particular.
 *
 * Connections live as long as both ends do, since watches are silent for hours; a dead end is found by TCP.
 * @see https://docs.haproxy.org/2.4/configuration.html
 */
export function haproxyConfiguration(
  site: Site,
  node: SiteNode,
  endpoint: ManagedEndpoint,
): string {
  const address = `${endpoint.urlHost}:${endpoint.port}`;
  return sections({
    // How many connections it takes follows from the unit's limit of open files.
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
      // Half of a connection is worth nothing to HTTP.
      "timeout client-fin 30s",
      "timeout server-fin 30s",
    ],
    [`frontend ${BACKEND}`]: [
      "mode tcp",
      // The address is there only while this node holds it.
      `bind ${address}${endpoint.kind === "virtual-ip" ? " transparent" : ""}`,
      "option clitcpka",
      ...keepalives("clitcpka", 15, 5, 3),
      `default_backend ${BACKEND}`,
    ],
    [`backend ${BACKEND}`]: [
      "mode tcp",
      // Not by the fewest connections: one that is dead has none.
      "balance roundrobin",
      "retries 3",
      // At the first refusal: another one answers meanwhile.
      "option redispatch 1",
      "option srvtcpka",
      // A host that is gone is noticed within 4 s. An API server that is only not ready, because etcd elects a leader or
      // because it is about to end, keeps the connections that it has.
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
      // A check that is older than its caller's patience is nobody's any more.
      "timeout client 5s",
      `http-request return status 200 if { path ${PROXY_PATHS.healthy} }`,
      `http-request return status 200 if { path ${PROXY_PATHS.ready} } { nbsrv(${BACKEND}) ge 1 }`,
      "http-request return status 503",
    ],
  });
}

/** Seconds of silence, between questions, and how many are without an answer until a connection is given up. */
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
 * How often API servers are asked. Workers may be many, and each question costs the API server a TLS handshake: they
 * ask less, but take a refused connection for an answer.
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

/** The API servers' proxy: another configuration is taken over without ending a connection. */
export function proxyUnit(site: Site): string {
  const { haproxy } = endpointPaths(site);
  const unit: UnitText = {
    Unit: [
      ["Description", `Proxy to the API servers of ${site.clusterName}`],
      ["Documentation", "https://docs.haproxy.org"],
      ["Wants", "network-online.target"],
      ["After", "network-online.target"],
      ["Before", "kubelet.service"],
      // It is of more use late than never.
      ["StartLimitIntervalSec", "0"],
    ],
    Service: [
      ["Type", "notify"],
      [
        "ExecStart",
        commandLine([ENDPOINT_PROGRAMS.haproxy, "-Ws", "-f", haproxy]),
      ],
      // One that it would not start with never reaches it.
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
  };
  return unitFile(unit);
}
