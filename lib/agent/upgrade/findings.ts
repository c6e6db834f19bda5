import { minorOf } from "../../catalog/skew";
import { etcdPath, kubernetesPath, refusedPath } from "../../catalog/upgrades";
import { SUPPORTED_MINORS } from "../../catalog/versions";
import { compact } from "../../base/compact";
import { firstOf } from "../../base/counted";
import * as found from "./errors";
import type { UpgradeFinding } from "./errors";
import { etcdFindings } from "./findings-etcd";
import { hostFindings, runtimeFindings } from "./findings-hosts";
import { settingFindings } from "./findings-settings";
import { skewFindings } from "./findings-skew";
import {
  type DeprecatedRequest,
  type SeenBudget,
  type SeenCluster,
  type SeenDefinition,
  type SeenNode,
  type SeenProxy,
  type Upgrade,
} from "./seen";

export type { UpgradeFinding } from "./errors";

/** All that speaks against an upgrade, or that people should know before it begins: errors first, in the order of the checks. */
export function upgradeFindings(
  seen: SeenCluster,
  upgrade: Upgrade,
): UpgradeFinding[] {
  // A node whose kubelet gets another minor is drained first.
  const drains = seen.hosts.some(({ bringsKubelet }) => bringsKubelet);
  const all = [
    ...pathFindings(seen, upgrade),
    ...seen.apiServers.flatMap(({ node, problem }) =>
      problem === undefined ? [] : [found.apiServerDown(node, problem)],
    ),
    ...etcdFindings(seen, upgrade),
    ...seen.nodes.flatMap((node) => nodeFindings(node, seen, upgrade)),
    ...seen.proxies.flatMap((proxy) => proxyFindings(proxy, upgrade)),
    ...seen.hosts.flatMap((host) => hostFindings(host, upgrade)),
    ...together(settingFindings(seen.settings, upgrade)),
    ...requestFindings(seen.requests, upgrade),
    ...seen.definitions.flatMap(definitionFindings),
    ...seen.budgets.flatMap((budget) => budgetFindings(budget, drains)),
  ];
  return [
    ...all.filter(({ severity }) => severity === "error"),
    ...all.filter(({ severity }) => severity === "warning"),
  ];
}

/** The same finding about several nodes, such as all workers of a pool, as one. */
function together(findings: readonly UpgradeFinding[]): UpgradeFinding[] {
  const keyOf = ({ problem, remedy }: UpgradeFinding) => problem + remedy;
  return [...new Set(findings.map(keyOf))].map((key) => {
    const same = findings.filter((each) => keyOf(each) === key);
    return { ...same[0], about: firstOf(same.map(({ about }) => about)) };
  });
}

function pathFindings(
  { apiServers, members }: SeenCluster,
  { kubernetes, etcd }: Upgrade,
): UpgradeFinding[] {
  const answering = apiServers.flatMap(({ node, release }) =>
    release === undefined ? [] : [{ node, release }],
  );
  const refused = refusedPath(kubernetesPath(kubernetes), answering);
  // The etcd of a version that is refused does not matter.
  if (refused) return [found.wrongPath("Kubernetes", refused)];
  if (!SUPPORTED_MINORS.includes(minorOf(kubernetes)))
    return [found.unknownMinor(kubernetes, SUPPORTED_MINORS)];
  const running = members.flatMap(({ name: node, version }) =>
    version === undefined ? [] : [{ node, release: version }],
  );
  const ofEtcd = etcd && refusedPath(etcdPath(etcd), running);
  return ofEtcd ? [found.wrongPath("etcd", ofEtcd)] : [];
}

/** Workers may be down in any large cluster, and the control plane does not need them. */
function nodeFindings(
  node: SeenNode,
  { hosts }: SeenCluster,
  upgrade: Upgrade,
): UpgradeFinding[] {
  const { name, isControlPlane, isReady, reason, kubelet } = node;
  const host = hosts.find((each) => each.node === name);
  return [
    ...compact(
      !isReady &&
        found.notReady(name, reason, isControlPlane ? "error" : "warning"),
    ),
    ...skewFindings(name, "kubelet", kubelet, upgrade),
    ...runtimeFindings(node, host, upgrade),
  ];
}

const proxyFindings = (
  { pod, node, version }: SeenProxy,
  upgrade: Upgrade,
): UpgradeFinding[] =>
  version === undefined
    ? []
    : skewFindings(`${node} (${pod})`, "kube-proxy", version, upgrade);

/** One finding for each API, however many API servers were asked for it. */
function requestFindings(
  requests: readonly DeprecatedRequest[],
  { kubernetes }: Upgrade,
): UpgradeFinding[] {
  const gone = requests.filter(
    ({ removed = "" }) => minorOf(`${removed}.`) <= minorOf(kubernetes),
  );
  const titleOf = ({ apiVersion, resource }: DeprecatedRequest): string =>
    `${resource}.${apiVersion}`;
  return [...new Set(gone.map(titleOf))].map((title) => {
    const same = gone.filter((each) => titleOf(each) === title);
    const [{ apiVersion, resource, removed = "" }] = same;
    const nodes = [...new Set(same.map(({ node }) => node))];
    return found.removedApi(apiVersion, resource, removed, nodes);
  });
}

function definitionFindings({
  name,
  versions,
  storage,
  stored,
}: SeenDefinition): UpgradeFinding[] {
  const lost = stored.filter((version) => !versions.includes(version));
  const old = stored.filter(
    (version) => version !== storage && !lost.includes(version),
  );
  return compact(
    lost.length > 0 && found.lostStoredVersion(name, lost),
    storage !== undefined &&
      old.length > 0 &&
      found.oldStoredVersion(name, old, storage),
  );
}

const budgetFindings = (
  { name, allowed, pods }: SeenBudget,
  drains: boolean,
): UpgradeFinding[] =>
  allowed <= 0 && pods > 0
    ? [found.noEviction(name, pods, drains ? "error" : "warning")]
    : [];
