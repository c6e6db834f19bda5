import { COMPONENTS } from "../../catalog/components";
import { parseKubernetesVersion } from "../../catalog/versions";
import { bringObjects } from "../rollout/cluster-objects";
import { runsProcesses, withNode } from "../../store/inventory";
import type { Session } from "../rollout/session";
import { treeOf } from "../rollout/tree";
import { treeFingerprint } from "../rollout/waiting";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { localProcesses } from "./node";
import {
  checkStart,
  forgetProcess,
  runsAsWanted,
  startProcess,
  stopProcess,
} from "../processes/processes";
import { recordedNames } from "../processes/record";

/** Starts what doesn't run on this machine as it is wanted, each once what it needs serves; then the objects. */
export async function rollProcesses(
  request: RolloutRequest,
  session: Session,
): Promise<void> {
  for (const node of request.nodes.filter(runsProcesses))
    await rollNode(node, request, session);
  const api = await session.api(request.nodes);
  const { objects } = session.inventory;
  if (request.objects.length > 0 || (objects?.objects.length ?? 0) > 0)
    await bringObjects(api, request, session);
  session.work.say(`${request.clusterName}: serves at ${request.endpoint}`);
}

async function rollNode(
  node: NodeRequest,
  { kubernetesVersion }: RolloutRequest,
  session: Session,
): Promise<void> {
  const { work } = session;
  const { store } = work;
  const processes = localProcesses(node, store);
  const version = parseKubernetesVersion(kubernetesVersion);
  await checkStart(
    processes.filter((each) => !runsAsWanted(store, each)),
    store,
    version && {
      kubernetes: version.text,
      etcd: `v${version.etcdImageTag.split("-")[0]}`,
    },
  );
  // What is no longer wanted goes first, as the others might want its ports.
  const wanted = new Set(processes.map(({ name }) => name));
  for (const name of recordedNames(store)) {
    if (wanted.has(name) || !COMPONENTS.some(({ id }) => id === name)) continue;
    if (await stopProcess(store, name)) work.say(`${name}: ended`);
    forgetProcess(store, name);
  }
  for (const each of processes) await startProcess(each, work);
  await session.keep(
    withNode(session.inventory, node.name, {
      member: true,
      tree: treeFingerprint(treeOf(store, node.name)),
    }),
  );
}
