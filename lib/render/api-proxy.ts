import { confinement } from "./unit-confinement";
import { commandLine, type UnitText, unitWord } from "./unit";
import type { ComponentRequest } from "../request/request";

/** Regular expressions, as Go has them. */
export interface ProxyFilters {
  readonly acceptHosts: readonly string[];
  readonly acceptPaths: readonly string[];
  readonly rejectPaths: readonly string[];
  readonly rejectMethods: readonly string[];
}

/**
 * What kubectl refuses unless it is told which paths to refuse: by them a web page could run commands in pods.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/kubectl/pkg/proxy/proxy_server.go
 */
const COMMANDS = ["^/api/.*/pods/.*/exec", "^/api/.*/pods/.*/attach"];

/** kubectl cuts each list at its commas, so that no expression may have one. */
export function proxyFlags(filters: ProxyFilters): string[] {
  const { acceptHosts, acceptPaths, rejectPaths, rejectMethods } = filters;
  const flag = (name: string, expressions: readonly string[]): string[] =>
    expressions.length > 0 ? [`--${name}=${expressions.join(",")}`] : [];
  return [
    ...flag("accept-hosts", acceptHosts),
    ...flag("accept-paths", acceptPaths),
    ...flag(
      "reject-paths",
      rejectPaths.length > 0 ? [...COMMANDS, ...rejectPaths] : [],
    ),
    ...flag("reject-methods", rejectMethods),
  ];
}

/** One that runs on a node of the control plane. */
export interface NodeProxy {
  /** Of its unit, without `.service`. */
  readonly name: string;
  /** Paths on the node. */
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly address: string;
  readonly port: number;
  readonly flags: readonly string[];
}

/** Who runs it: it reads its kubeconfig, and nothing else of the node's. */
export const PROXY_USER = "kubectl-proxy";

export const proxyUnit = (proxy: NodeProxy): UnitText => ({
  Unit: [
    [
      "Description",
      `${proxy.name}: gives the Kubernetes API without credentials`,
    ],
    [
      "Documentation",
      "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_proxy/",
    ],
    ["Wants", "network-online.target"],
    ["After", "network-online.target"],
    ["StartLimitIntervalSec", "0"],
  ],
  Service: [
    ["Type", "exec"],
    ["User", PROXY_USER],
    ["Group", PROXY_USER],
    [
      "ExecStart",
      commandLine([
        proxy.kubectl,
        "proxy",
        ...[
          `--kubeconfig=${proxy.kubeconfig}`,
          `--address=${proxy.address}`,
          `--port=${proxy.port}`,
          ...proxy.flags,
        ].map(unitWord),
      ]),
    ],
    ["Restart", "always"],
    ["RestartSec", "2"],
    ...confinement([], [proxy.port]),
  ],
  Install: [["WantedBy", "multi-user.target"]],
});

/** Seconds in which systemd has to have it running. */
const TIMEOUT = 30;

/** What its filters let through they decide: whether it runs systemd knows. */
export const proxyComponent = ({
  name,
  port,
}: NodeProxy): ComponentRequest => ({
  name,
  unit: `${name}.service`,
  ports: [port],
  timeout: TIMEOUT,
});
