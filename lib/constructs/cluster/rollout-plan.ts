import { posix } from "node:path";
import type { Construct } from "constructs";
import {
  authority as authorityRow,
  AUTHORITY_PARTS,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../../catalog/authorities";
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
import type { RotationRequest } from "../../request/rotation";
import type { Artefact } from "../../terraform/artefact";
import type { RolloutPlan } from "../../terraform/rollout";
import type { ClusterAuthorities } from "../pki/cluster-authorities";
import { laterGenerations } from "../pki/generations";
import type { ClusterProps } from "../site/cluster-props";
import type { ControlPlaneOptions } from "../site/control-plane-props";
import { dataRequest } from "../site/etcd-data";
import { allocatesNodeCidrs } from "../site/network-validation";

/** The parts of a rollout plan that are not in the site. */
export interface PlanParts extends Pick<
  RolloutPlan,
  "adminKubeconfig" | "nodes" | "pools" | "maxUnavailable" | "objects"
> {
  readonly authorities: Pick<ClusterAuthorities, "ca" | "serviceAccount">;
  readonly props: Pick<
    ClusterProps & ControlPlaneOptions,
    "etcd" | "keys" | "podNetwork" | "runtime"
  >;
}

/** What the rollouts of the control plane and of the pools are told about the cluster. */
export function rolloutPlan(
  scope: Construct,
  site: Site,
  parts: PlanParts,
): RolloutPlan {
  const { adminKubeconfig, nodes, pools, maxUnavailable, objects } = parts;
  const { podNetwork, keys } = parts.props;
  const generations = laterGenerations(keys);
  const rotation = rotationRequest(site, parts.authorities);
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
    ...(generations && { generations }),
    ...(rotation && { rotation }),
    ...(site.encryption && {
      encryption: encryptionRequest(site, site.encryption),
    }),
    objects,
    virtualIp: virtualIpRequest(site),
    ...(podNetwork && {
      podNetwork: {
        kind: podNetwork.kind,
        podSubnets: site.podSubnets,
        ...(site.hardening !== undefined && { isPrivate: true }),
      },
    }),
  };
}

/** What changes hands between two generations of keys; `undefined` if only one is trusted. */
function rotationRequest(
  site: Site,
  { ca, serviceAccount }: PlanParts["authorities"],
): RotationRequest | undefined {
  const { previous: oldAuthority, artefact: authority } = ca;
  const { previous: oldPair, artefact: pair } = serviceAccount ?? {};
  if (!oldAuthority && !oldPair) return undefined;
  const onNode = (path: string) => posix.join("/", certificatePath(site, path));
  const signer = (path: string, artefact: Artefact, file: number) => ({
    path: onNode(path),
    previous: artefact.files[file].path,
  });
  const row = authorityRow("ca");
  const { path: pairPath } = SERVICE_ACCOUNT_KEY_PAIR;
  return {
    ...(oldAuthority && {
      authority: {
        certificate: authority.files[0].path,
        key: authority.files[1].path,
      },
    }),
    ...(oldPair && pair && { publicKeys: pair.files[1].path }),
    signers: [
      ...(oldAuthority
        ? [
            signer(AUTHORITY_PARTS.issuer, oldAuthority.artefact, 0),
            signer(`${row.path}.key`, oldAuthority.artefact, 1),
          ]
        : []),
      ...(oldPair ? [signer(`${pairPath}.key`, oldPair.artefact, 0)] : []),
    ],
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
