import { posix } from "node:path";
import type { Construct } from "constructs";
import { lastValue } from "../../catalog/arguments";
import {
  encryptionFile,
  type EncryptionTarget,
  reloadsEncryption,
} from "../../catalog/encryption";
import { certificatePath } from "../../catalog/paths";
import { etcdRelease } from "../../catalog/etcd";
import type { LocalEtcd, Site } from "../../catalog/site";
import { virtualIpRequest } from "../../render/endpoint";
import { endpointServer } from "../../render/kubeconfig";
import type { EncryptionRequest } from "../../request/encryption";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import type { RolloutPlan } from "../../terraform/rollout";
import type { ClusterProps } from "../site/cluster-props";
import type { ControlPlaneOptions } from "../site/control-plane-props";
import { dataRequest } from "../site/etcd-data";
import { allocatesNodeCidrs } from "../site/network-validation";

/** The parts of a rollout plan that are not in the site. */
export interface PlanParts extends Pick<
  RolloutPlan,
  "adminKubeconfig" | "nodes" | "pools" | "maxUnavailable" | "objects"
> {
  readonly props: Pick<
    ClusterProps & ControlPlaneOptions,
    "etcd" | "podNetwork" | "runtime"
  >;
}

/** What the rollouts of the control plane and of the pools are told about the cluster. */
export function rolloutPlan(
  scope: Construct,
  site: Site,
  parts: PlanParts,
): RolloutPlan {
  const { adminKubeconfig, nodes, pools, maxUnavailable, objects } = parts;
  const { podNetwork } = parts.props;
  return {
    clusterName: site.clusterName,
    kubernetesVersion: site.version.text,
    endpoint: endpointServer(site),
    adminKubeconfig,
    facts: {
      clusterName: site.clusterName,
      serviceSubnet: site.serviceSubnets.join(","),
      ...(allocatesNodeCidrs(site) && {
        podSubnet: site.podSubnets.join(","),
      }),
      dnsDomain: site.dnsDomain,
      keyAlgorithm: site.keyAlgorithm,
    },
    nodes,
    pools,
    maxUnavailable,
    ...(site.etcd.kind === "local" && {
      etcd: etcdRequest(site, site.etcd),
      ...dataRequest(scope, site, parts.props),
    }),
    ...(site.encryption && {
      encryption: encryptionRequest(site, site.encryption),
    }),
    objects,
    virtualIp: virtualIpRequest(site),
    ...(podNetwork && {
      podNetwork: { kind: podNetwork.kind, podSubnets: site.podSubnets },
    }),
  };
}

function encryptionRequest(
  site: Site,
  { provider, generation, resources }: EncryptionTarget,
): EncryptionRequest {
  return {
    provider,
    generation,
    resources,
    // Local processes have relative paths, which begin at the root of the node tree.
    file: posix.join("/", encryptionFile(site)),
    prefix: lastValue(site.apiServer.extraArgs, "etcd-prefix") ?? "/registry",
    ...(reloadsEncryption(site) && { reloads: true }),
  };
}

function etcdRequest(site: Site, { dataDir, tls }: LocalEtcd): EtcdRequest {
  return {
    dataDir,
    // Local processes have relative paths, which begin at the root of the node tree.
    certificatesDir: posix.join("/", certificatePath(site, "etcd")),
    clientPort: site.ports.etcdClient,
    peerPort: site.ports.etcdPeer,
    version: etcdRelease(site),
    ...(!tls && { tls }),
  };
}

/** What a plan must not change once the cluster is set up, besides the facts of the rollout plan. */
export const keptFacts = (
  { allowChangesTo = [] }: Pick<ControlPlaneOptions, "allowChangesTo">,
  nodes: readonly NodeRequest[],
  pools: { readonly requests: readonly NodeRequest[] },
) => ({ machines: [...nodes, ...pools.requests], allowed: allowChangesTo });
