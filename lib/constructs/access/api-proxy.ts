import { specialUse } from "../../catalog/addresses";
import { isIP } from "node:net";
import { Annotations, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { PROXIES } from "../../catalog/paths";
import { unitPath } from "../../catalog/units";
import {
  type NodeProxy,
  PROXY_USER,
  proxyComponent,
  type ProxyFilters,
  proxyFlags,
  proxyUnit,
} from "../../render/api-proxy";
import type { ApiProxySpec } from "../../render/specs";
import { unitFile } from "../../render/unit";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { hasToken } from "../../terraform/expression";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { validateExpressions } from "./api-proxy-validation";
import type { ControlPlane } from "../cluster/control-plane";
import { MODES, pathForAgent, readableBy } from "../files";
import { isDnsName, isPort } from "../hosts";
import type { Kubeconfig } from "../pki/kubeconfig";
import * as errors from "./proxy-errors";
import { ServiceAccountToken } from "./service-account-token";
import { checkProps } from "../../props/check";

/**
 * Which cluster's API a proxy serves, where it listens, and which requests it accepts.
 * @see https://kubernetes.io/docs/reference/kubectl/generated/kubectl_proxy/
 */
export interface ApiProxyProps {
  /**
   * The cluster, which the proxy uses as its administrator: anyone who can reach the proxy may do everything that its
   * filters allow.
   * @default - the cluster of `kubeconfig`
   */
  readonly controlPlane?: ControlPlane;

  /**
   * The identity that the proxy uses: anyone who can reach the proxy may do what the user of this kubeconfig may. Set
   * it instead of `controlPlane`. With a `node`, set both; the kubeconfig must then belong to that cluster and contain
   * a client certificate.
   * @default - the administrator of `controlPlane`
   */
  readonly kubeconfig?: Kubeconfig | ServiceAccountToken;

  /**
   * The port that it listens on, 1 to 65535.
   * @default 8001
   */
  readonly port?: number;

  /**
   * The IP address that it listens on. Any address other than loopback admits other machines, without authentication.
   * @default "127.0.0.1"
   */
  readonly address?: string;

  /**
   * A Unix socket that it listens on instead of a port. Only the socket's owner can use it. An absolute path, or one
   * relative to the working directory.
   * @default - it listens on a port
   */
  readonly unixSocket?: string;

  /**
   * Regular expressions, in Go's syntax, for the `Host` header of a request. They keep web pages out, but not clients
   * that set the header themselves.
   * @default - localhost, 127.0.0.1 and [::1]
   */
  readonly acceptHosts?: readonly string[];

  /**
   * Regular expressions for the paths that are allowed.
   * @default - all paths
   */
  readonly acceptPaths?: readonly string[];

  /**
   * Regular expressions for the paths that are refused, even if `acceptPaths` matches them. The paths that run commands
   * in pods are always refused.
   * @default - no further paths
   */
  readonly rejectPaths?: readonly string[];

  /**
   * Regular expressions for the HTTP methods that are refused: `["POST", "PUT", "PATCH", "DELETE"]` makes the proxy
   * read-only.
   * @default - none
   */
  readonly rejectMethods?: readonly string[];

  /**
   * A control-plane node of `controlPlane` on which the proxy runs as a systemd unit, under a user of its own. The node
   * needs `NodeAccess.ssh` or `NodeAccess.local`, and kubectl: in the `binaryDirectory` of `Runtime.systemd`, or as
   * `/usr/bin/kubectl`.
   * @default - it runs on the machine that deploys
   */
  readonly node?: string;

  /**
   * The folder with kubectl on the machine that deploys: relative to the working directory, absolute, or below `~/`.
   * @default - kubectl is looked up on the PATH of the user who deploys
   */
  readonly binaryDirectory?: string;
}

const PORT = 8001;

/**
 * `kubectl proxy`: gives programs that have no credentials access to the API. It is a process on the machine that
 * deploys, which keeps running after the deploy, or a unit on a control-plane node. It is restarted when a flag or the
 * kubeconfig changes, and stopped on destroy.
 */
export class ApiProxy extends Construct {
  /**
   * @param id Names its process, `kubectl-proxy-<id>`, and its file in the store: an RFC 1123 subdomain in lower case.
   */
  constructor(scope: Construct, id: string, props: ApiProxyProps) {
    super(scope, id);
    checkProps("ApiProxyProps", props, `ApiProxy "${id}"`);
    const kubeconfig = kubeconfigOf(id, props);
    this.validate(id, props, kubeconfig);
    this.warn(id, props);
    if (props.node === undefined) this.runHere(id, props, kubeconfig);
    else this.runOn(props.node, id, props, kubeconfig);
  }

  private runOn(
    node: string,
    id: string,
    props: ApiProxyProps,
    kubeconfig: Kubeconfig | ServiceAccountToken,
  ): void {
    const { controlPlane, address = "127.0.0.1", port = PORT } = props;
    const title = `The proxy "${id}"`;
    if (!controlPlane) throw errors.nodeWithoutControlPlane(title, node);
    if (kubeconfig instanceof ServiceAccountToken)
      throw errors.tokenOnNode(title);
    if (kubeconfig.artefact.store !== controlPlane.store)
      throw errors.kubeconfigOfOtherStore(title);
    const context = controlPlane.proxyContext(node);
    if (!context.reached) throw errors.unreachedNode(title, node);
    const name = `kubectl-proxy-${id}`;
    const proxy: NodeProxy = {
      name,
      address,
      port,
      kubectl: context.kubectl,
      kubeconfig: `${context.kubernetesDir}/${name}.conf`,
      flags: proxyFlags(filtersOf(props)),
    };
    context.tree.text(this, "unit", {
      path: unitPath(name),
      mode: MODES.public,
      text: textTemplate(unitFile(proxyUnit(proxy))),
      purpose: `unit of ${name}`,
    });
    context.tree.copy(
      kubeconfig.artefact,
      name,
      [{ path: proxy.kubeconfig, ...readableBy(PROXY_USER) }],
      `kubeconfig of ${name}`,
    );
    controlPlane.addComponent(node, {
      component: proxyComponent(proxy),
      user: PROXY_USER,
      binary: proxy.kubectl,
    });
  }

  private runHere(
    id: string,
    props: ApiProxyProps,
    kubeconfig: Kubeconfig | ServiceAccountToken,
  ): void {
    const { address = "127.0.0.1", port = PORT, unixSocket } = props;
    const { binaryDirectory } = props;
    const isToken = kubeconfig instanceof ServiceAccountToken;
    const { store, batch: source } = kubeconfig.artefact;
    const path = `${PROXIES}/${id}.yaml`;
    const folder = binaryDirectory?.replace(/\/+$/, "");
    const spec: ApiProxySpec = {
      kubectl:
        folder === undefined
          ? "kubectl"
          : pathForAgent(this, `${folder}/kubectl`),
      kubeconfig: store.pathOf(
        isToken ? kubeconfig.kubeconfigFile : kubeconfig.artefact.name,
      ),
      ...(unixSocket === undefined
        ? { address, port }
        : { unixSocket: pathForAgent(this, unixSocket) }),
      flags: proxyFlags(filtersOf(props)),
    };
    new Artefact(this, "Resource", {
      store,
      batch: new Batch(this, "batch", {
        store,
        name: path,
        title: `proxy ${id}`,
        after: isToken ? [source] : [],
      }),
      kind: "api-proxy",
      purpose: `proxy ${id}`,
      files: [{ path, mode: MODES.private }],
      spec: yamlTemplate(spec, toYaml),
      upstream: [kubeconfig.artefact],
      afterRollout: true,
      checked: true,
    });
  }

  private validate(
    id: string,
    props: ApiProxyProps,
    kubeconfig: Kubeconfig | ServiceAccountToken,
  ): void {
    const { address, port, unixSocket, binaryDirectory } = props;
    const title = `The proxy "${id}"`;
    if (!isDnsName(id)) throw errors.invalidProxyName(id);
    if (unixSocket !== undefined && (port ?? address) !== undefined)
      throw errors.portAndSocket(title);
    if (
      props.node !== undefined &&
      (unixSocket ?? binaryDirectory) !== undefined
    )
      throw errors.propsNotForNode(title);
    if (port !== undefined && !isPort(port))
      throw errors.invalidProxyPort(title, port);
    if (address !== undefined && isIP(address) === 0)
      throw errors.invalidProxyAddress(title, address);
    for (const [prop, path] of Object.entries({ unixSocket, binaryDirectory }))
      if (path !== undefined && !isPath(path))
        throw errors.invalidProxyPath(title, prop, path);
    const { acceptHosts, acceptPaths, rejectPaths, rejectMethods } = props;
    validateExpressions(title, {
      acceptHosts,
      acceptPaths,
      rejectPaths,
      rejectMethods,
    });
    const stack = TerraformStack.of(this).node.id;
    const other = TerraformStack.of(kubeconfig).node.id;
    if (stack !== other) throw errors.proxyInOtherStack(title, stack, other);
  }

  private warn(id: string, props: ApiProxyProps): void {
    const { address, acceptPaths, rejectPaths, rejectMethods } = props;
    if (address === undefined || specialUse(address) === "loopback") return;
    const lists = [acceptPaths, rejectPaths, rejectMethods];
    if (lists.some((each) => each?.length)) return;
    Annotations.of(this).addWarning(
      `The proxy "${id}" listens on ${address} and allows every request: anyone who can reach that address may do in the ` +
        "cluster what its kubeconfig may. Set acceptPaths, rejectPaths or rejectMethods, give it a kubeconfig with few " +
        "rights, or omit address to listen on loopback. (acceptHosts does not stop a client that sets the Host header itself.)",
    );
  }
}

const isPath = (path: string): boolean =>
  !hasToken(path) && !/\p{Cc}|^$|^~(?!\/)/u.test(path);

function kubeconfigOf(
  id: string,
  { controlPlane, kubeconfig, node }: ApiProxyProps,
): Kubeconfig | ServiceAccountToken {
  const found = kubeconfig ?? controlPlane?.adminKubeconfig;
  const isBoth = kubeconfig && controlPlane && node === undefined;
  if (!found || isBoth) throw errors.controlPlaneOrKubeconfig(id);
  return found;
}

const filtersOf = (props: ApiProxyProps): ProxyFilters => ({
  acceptHosts: props.acceptHosts ?? [],
  acceptPaths: props.acceptPaths ?? [],
  rejectPaths: props.rejectPaths ?? [],
  rejectMethods: props.rejectMethods ?? [],
});
