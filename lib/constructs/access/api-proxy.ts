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
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { validateExpressions } from "./api-proxy-validation";
import type { ControlPlane } from "../cluster/control-plane";
import { MODES, readableBy } from "../files";
import { isDnsName, isPort } from "../hosts";
import type { Kubeconfig } from "../pki/kubeconfig";
import * as errors from "./proxy-errors";
import { ServiceAccountToken } from "./service-account-token";
import { checkProps } from "../../props/check";

/**
 * Whose API a proxy gives, to whom, and what of it.
 * @see https://kubernetes.io/docs/reference/kubectl/generated/kubectl_proxy/
 */
export interface ApiProxyProps {
  /**
   * The cluster, as its administrator: whoever reaches the proxy may do everything that its filters let through.
   * @default - the one of `kubeconfig`
   */
  readonly controlPlane?: ControlPlane;

  /**
   * Who the proxy is to the cluster: whoever reaches it may do what this kubeconfig's user may. In place of
   * `controlPlane`, or with it and a `node`: then it is of that cluster and a person's.
   * @default - the administrator of `controlPlane`
   */
  readonly kubeconfig?: Kubeconfig | ServiceAccountToken;

  /**
   * Where it listens, 1 to 65535.
   * @default 8001
   */
  readonly port?: number;

  /**
   * The address that it listens at. Another than of the loopback lets other machines in, without asking who they are.
   * @default "127.0.0.1"
   */
  readonly address?: string;

  /**
   * A unix socket that it listens at in place of a port, for its owner only: absolute, or relative to the working
   * directory.
   * @default - a port
   */
  readonly unixSocket?: string;

  /**
   * Regular expressions, as Go has them, of the `Host` that a request may name. It keeps web pages out, but nobody who
   * writes requests by hand.
   * @default - localhost, 127.0.0.1 and [::1]
   */
  readonly acceptHosts?: readonly string[];

  /**
   * Regular expressions of the paths that are let through.
   * @default - all
   */
  readonly acceptPaths?: readonly string[];

  /**
   * Regular expressions of the paths that are refused, also of those that `acceptPaths` has; beside those by which one
   * runs commands in pods, which always are.
   * @default - none more
   */
  readonly rejectPaths?: readonly string[];

  /**
   * Regular expressions of the methods that are refused: `["POST", "PUT", "PATCH", "DELETE"]` leaves reading.
   * @default - none
   */
  readonly rejectMethods?: readonly string[];

  /**
   * A control-plane node of `controlPlane` on which it runs, as a unit of systemd and a user of its own. The node is
   * reached; kubectl is there, in the `binaryDirectory` of `Runtime.systemd` or as `/usr/bin/kubectl`.
   * @default - the machine that deploys
   */
  readonly node?: string;

  /**
   * The folder with kubectl on the machine that deploys: relative to the working directory, absolute, or from `~/`.
   * @default - it is looked for on the PATH of who applies
   */
  readonly binaryDirectory?: string;
}

const LOOPBACK = /^(127\.|::1$)/;
const PORT = 8001;

/**
 * `kubectl proxy`: the API without credentials, for programs that know none. A process of the machine that deploys, which
 * outlives the deploy, or a unit of a control-plane node. It is started again where a flag or the kubeconfig changed, and
 * ended on destroy.
 */
export class ApiProxy extends Construct {
  /** @param id Of its process, `kubectl-proxy-<id>`, and its file in the store: an RFC 1123 subdomain, lower case. */
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
    if (!controlPlane) throw errors.nodeOfWhat(title, node);
    if (kubeconfig instanceof ServiceAccountToken)
      throw errors.tokenOnNode(title);
    if (kubeconfig.artefact.store !== controlPlane.store)
      throw errors.proxyOfAnother(title);
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
      purpose: `unit of ${name} on ${node}`,
    });
    context.tree.copy(
      kubeconfig.artefact,
      name,
      [{ path: proxy.kubeconfig, ...readableBy(PROXY_USER) }],
      `kubeconfig of ${name} on ${node}`,
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
        folder === undefined ? "kubectl" : this.from(`${folder}/kubectl`),
      kubeconfig: store.pathOf(
        isToken ? kubeconfig.kubeconfigFile : kubeconfig.artefact.name,
      ),
      ...(unixSocket === undefined
        ? { address, port }
        : { unixSocket: this.from(unixSocket) }),
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

  private from(path: string): string {
    return path.startsWith("~/") ? path : fromStack(this, path);
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
      throw errors.notOnNode(title);
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
    if (stack !== other) throw errors.proxyElsewhere(title, stack, other);
  }

  private warn(id: string, props: ApiProxyProps): void {
    const { address, acceptPaths, rejectPaths, rejectMethods } = props;
    if (address === undefined || LOOPBACK.test(address)) return;
    const lists = [acceptPaths, rejectPaths, rejectMethods];
    if (lists.some((each) => each?.length)) return;
    Annotations.of(this).addWarning(
      `The proxy "${id}" listens at ${address} and lets everything through: whoever reaches that address may do in the ` +
        "cluster what its kubeconfig may. Set acceptPaths, rejectPaths or rejectMethods, give it a kubeconfig with few " +
        "rights, or leave address out for the loopback. (acceptHosts keeps out nobody who writes a Host by hand.)",
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
  if (!found || isBoth) throw errors.proxyOfWhat(id);
  return found;
}

const filtersOf = (props: ApiProxyProps): ProxyFilters => ({
  acceptHosts: props.acceptHosts ?? [],
  acceptPaths: props.acceptPaths ?? [],
  rejectPaths: props.rejectPaths ?? [],
  rejectMethods: props.rejectMethods ?? [],
});
