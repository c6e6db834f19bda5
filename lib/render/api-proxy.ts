import { sandbox } from "./unit-sandbox";
import { commandLine, type UnitText, unitWord } from "./unit";
import type { ComponentRequest } from "../request/request";

/** The request filters of `kubectl proxy`: regular expressions in Go's syntax. */
export interface ProxyFilters {
  readonly acceptHosts: readonly string[];
  readonly acceptPaths: readonly string[];
  readonly rejectPaths: readonly string[];
  readonly rejectMethods: readonly string[];
}

/**
 * The paths that kubectl rejects by default, because a web page could use them to run commands in pods. Setting
 * `--reject-paths` replaces this default, so they are added to the user's paths.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/kubectl/pkg/proxy/proxy_server.go
 */
const COMMANDS = ["^/api/.*/pods/.*/exec", "^/api/.*/pods/.*/attach"];

/** The filters as flags. kubectl splits each value at its commas, so no expression may contain one. */
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

/** An API proxy that runs on a control-plane node. */
export interface NodeProxy {
  /** The name of its unit, without `.service`. */
  readonly name: string;
  /** The path of kubectl on the node. */
  readonly kubectl: string;
  /** The path of the kubeconfig on the node. */
  readonly kubeconfig: string;
  readonly address: string;
  readonly port: number;
  readonly flags: readonly string[];
}

/** The user that runs the proxy. Of the node's files, this user can read only the kubeconfig. */
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
    ...sandbox([], [proxy.port]),
  ],
  Install: [["WantedBy", "multi-user.target"]],
});

/** Seconds within which systemd must have started it. */
const TIMEOUT = 30;

/** The proxy as a component. It has no health check, because its filters may reject any path: systemd reports whether it runs. */
export const proxyComponent = ({
  name,
  port,
}: NodeProxy): ComponentRequest => ({
  name,
  unit: `${name}.service`,
  ports: [port],
  timeout: TIMEOUT,
});
