import type { TerraformStack } from "cdktf";
import {
  ApiProxy,
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  Etcd,
  KeyPair,
  Kubeconfig,
  KubeconfigUser,
  MergedKubeconfig,
  NodeAccess,
  Runtime,
  ServiceAccountToken,
} from "../../../lib";
import { type PropsName, propsOf } from "../../../lib/props/types";
import { clusterProps, node } from "../../support/cluster";

/** Props that a program without types gives. */
type Given = Readonly<Record<string, unknown>>;

interface Part {
  readonly props: PropsName;
  /** Objects that generated props cannot have, because they belong to a stack. They are added where they are missing. */
  readonly needs?: (cluster: ControlPlane) => Given;
  /** Untyped, as its caller is. */
  readonly make: (
    props: never,
    cluster: ControlPlane,
    stack: TerraformStack,
  ) => unknown;
}

const part = (
  props: PropsName,
  make: Part["make"],
  needs?: Part["needs"],
): Part => ({ props, make, needs });

/** A cluster that gets what a factory made. */
const given = (stack: TerraformStack, props: Partial<ControlPlaneProps>) =>
  new ControlPlane(stack, "of", clusterProps({ clusterName: "of", ...props }));

const withStore: Part["needs"] = ({ store }) => ({ store });
const withAuthority: Part["needs"] = ({ certificateAuthority }) => ({
  certificateAuthority,
  user: KubeconfigUser.certificate({ commonName: "jane" }),
});
const withCluster: Part["needs"] = (controlPlane) => ({ controlPlane });

/** Everything beside control planes that takes props. */
export const PARTS: Readonly<Record<string, Part>> = {
  workers: part("WorkerPoolProps", (props, cluster) =>
    cluster.addWorkers("w", props),
  ),
  user: part("UserProps", (props, cluster) => cluster.addUser("jane", props)),
  manifests: part("ManifestsProps", (props, cluster) =>
    cluster.addManifests("m", props),
  ),
  authority: part(
    "CertificateAuthorityProps",
    (props, _, stack) => new CertificateAuthority(stack, "x", props),
    withStore,
  ),
  "external authority": part(
    "ImportedAuthorityProps",
    (props, _, stack) => CertificateAuthority.external(stack, "x", props),
    withStore,
  ),
  "authority from files": part(
    "AuthorityFilesProps",
    (props, _, stack) => CertificateAuthority.fromFiles(stack, "x", props),
    withStore,
  ),
  certificate: part(
    "CertificateProps",
    (props, _, stack) => new Certificate(stack, "x", props),
    withAuthority,
  ),
  kubeconfig: part(
    "KubeconfigProps",
    (props, _, stack) => new Kubeconfig(stack, "x", props),
    withAuthority,
  ),
  "key pair": part(
    "KeyPairProps",
    (props, _, stack) => new KeyPair(stack, "x", props),
    withStore,
  ),
  token: part(
    "ServiceAccountTokenProps",
    (props, _, stack) => new ServiceAccountToken(stack, "x", props),
    withCluster,
  ),
  "merged kubeconfig": part(
    "MergedKubeconfigProps",
    (props, _, stack) => new MergedKubeconfig(stack, "x", props),
    ({ adminKubeconfig: kubeconfig, store }) => ({
      store,
      kubeconfigs: [{ kubeconfig, context: "a" }],
    }),
  ),
  proxy: part(
    "ApiProxyProps",
    (props, _, stack) => new ApiProxy(stack, "x", props),
    withCluster,
  ),
  "virtual IP": part("VirtualIpProps", (props, _, stack) =>
    given(stack, { endpoint: Endpoint.virtualIp(props) }),
  ),
  "local proxy": part("LocalProxyProps", (props, _, stack) =>
    given(stack, { endpoint: Endpoint.localProxy(props) }),
  ),
  "stacked etcd": part("StackedEtcdProps", (props, _, stack) =>
    given(stack, { etcd: Etcd.stacked(props) }),
  ),
  "dedicated etcd": part("DedicatedEtcdProps", (props, _, stack) =>
    given(stack, { etcd: Etcd.dedicated(props) }),
  ),
  "external etcd": part("ExternalEtcdProps", (props, _, stack) =>
    given(stack, { etcd: Etcd.external(props) }),
  ),
  systemd: part("SystemdProps", (props, _, stack) =>
    given(stack, { runtime: Runtime.systemd(props) }),
  ),
  "local access": part("LocalProps", (props, _, stack) =>
    given(stack, { nodes: [node(1, { access: NodeAccess.local(props) })] }),
  ),
};

/** Makes a part of a program with these props. What a cluster takes is given to one. */
export function makePart(
  name: string,
  props: Given,
  stack: TerraformStack,
): void {
  const cluster = new ControlPlane(stack, "it", clusterProps({}));
  const { props: takes, make, needs } = PARTS[name];
  const whole: Record<string, unknown> = { ...props };
  for (const [key, value] of Object.entries(needs?.(cluster) ?? {}))
    if (propsOf(takes).has(key)) whole[key] ??= value;
  make(whole as never, cluster, stack);
}
