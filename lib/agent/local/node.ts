import { namesIn } from "../../catalog/arguments";
import type { NodeRequest } from "../../request/request";
import { noDrift, type NodeDrift } from "../../request/drift";
import { unhealthyOf } from "../health/health";
import { superAdminClient } from "../cluster/connections";
import type { Store } from "../../store/store";
import { thisMachine } from "../hosts/local";
import {
  type LocalProcess,
  runningProcess,
  runsUpToDate,
} from "../processes/processes";

/** The processes of a node on this machine, in the order in which they start. */
export function localProcesses(
  { name: node, components }: NodeRequest,
  store: Store,
): LocalProcess[] {
  const root = `nodes/${node}/root`;
  const files = store.files(root).map((path) => path.slice(root.length + 1));
  const client = superAdminClient(store, node);
  const host = thisMachine(node);
  return components.map((component) => {
    const { name, command = [], environment, ports, timeout } = component;
    const named = namesIn(command);
    return {
      name,
      command,
      environment,
      ports,
      timeout,
      directory: store.at(root),
      // The files of the tree that flags name: `--tls-cert-file=etc/…`.
      files: files.filter((file) => named.has(file)),
      isReady: async () =>
        (await unhealthyOf(host, [component], client)).length === 0,
    };
  });
}

/** The drift of a node whose components are processes of this machine. */
export async function localDrift(
  node: NodeRequest,
  store: Store,
): Promise<NodeDrift> {
  const processes = localProcesses(node, store);
  const ready = await Promise.all(processes.map((each) => each.isReady()));
  const isRunning = ({ name }: LocalProcess) =>
    runningProcess(store, name) !== undefined;
  return {
    ...noDrift(node.name),
    ended: namesOf(processes.filter((each) => !isRunning(each))),
    unhealthy: namesOf(
      processes.filter((each, i) => isRunning(each) && !ready[i]),
    ),
    outdated: namesOf(
      processes.filter((each) => isRunning(each) && !runsUpToDate(store, each)),
    ),
  };
}

const namesOf = (processes: readonly LocalProcess[]): string[] =>
  processes.map(({ name }) => name);
