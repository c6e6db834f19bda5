import type { RolloutRequest } from "../../request/request";
import { ownNodes } from "../../store/inventory";
import { preflightError, preflightWarnings } from "../preflight/preflight";
import { preflightFindings } from "./preflight";
import { withLastSeconds } from "./durations";
import { LiveCluster } from "./live-cluster";
import { forecastSteps } from "./planner";
import type { Preview } from "./preview-shape";
import { titleOf } from "./request";
import type { Session } from "./session";
import { stepOf } from "./step";
import type { ClusterView, NodeView } from "./view";
import { changesWithout, NO_CHANGES } from "./changes";
import { ETCD } from "../../catalog/etcd";
import { componentsAfter } from "./delivery";
import { startFileOf } from "./units";

/** Reads the hosts and plans as a rollout does, but changes nothing. */
export async function previewHosts(
  request: RolloutRequest,
  session: Session,
): Promise<Preview> {
  const cluster = await LiveCluster.open(request, session);
  const { nodes = {} } = session.inventory;
  const unseen = cluster.results.flatMap((each) => {
    const { name, retire } = each.request;
    if ("node" in each || retire) return [];
    const { member, tree } = nodes[name] ?? {};
    const isNew = !member && tree === undefined;
    return [{ node: name, reason: each.failure.message, isNew }];
  });
  const emptyMachines = unseen.flatMap(({ node, isNew }) =>
    isNew ? [node] : [],
  );
  const found = await preflightFindings(cluster.without(emptyMachines), {
    sends: false,
  });
  const view = withEmptyMachines(
    await cluster.view(),
    emptyMachines,
    request,
    session,
  );
  const isRefused = found.some(({ severity }) => severity === "error");
  const { steps, refusal } = isRefused
    ? {
        steps: [stepOf("prepare", view.nodes)],
        refusal: preflightError(found),
      }
    : forecastSteps(view);
  return {
    title: titleOf(request),
    steps: withLastSeconds(steps, request, session.inventory),
    ...(refusal && { refusal: refusal.message }),
    warnings: preflightWarnings(found),
    unseen,
  };
}

/** The view with new nodes as reachable, empty machines. */
function withEmptyMachines(
  view: ClusterView,
  names: readonly string[],
  request: RolloutRequest,
  session: Session,
): ClusterView {
  const emptyMachine = (node: NodeView): NodeView => {
    const { components = [] } =
      ownNodes(request).find(({ name }) => name === node.name) ?? {};
    const files = session.treeOf(node.name).map(({ path }) => path);
    const later = componentsAfter({ components }, ETCD.id);
    const changes = {
      ...NO_CHANGES,
      files,
      starts: components.map(({ name }) => name),
    };
    return {
      ...node,
      reached: true,
      pending: false,
      unhealthy: changes.starts,
      changes,
      changesForEtcd: changesWithout(changes, {
        ...NO_CHANGES,
        files: later.flatMap((each) => startFileOf(each) ?? []),
        starts: later.map(({ name }) => name),
      }),
    };
  };
  return {
    ...view,
    nodes: view.nodes.map((node) =>
      names.includes(node.name) ? emptyMachine(node) : node,
    ),
  };
}
