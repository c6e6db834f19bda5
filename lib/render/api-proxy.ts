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
