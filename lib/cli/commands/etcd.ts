import { etcdFindings, isAlarm } from "../../agent/etcd/findings";
import { visibleJson } from "../../base/visible";
import type { EtcdCareRequest, EtcdTask } from "../../request/request";
import { hasEtcd } from "../../request/roles";
import { hostedNodes } from "../../store/inventory";
import { isStore } from "../../store/kept";
import { Store } from "../../store/store";
import { severalStores } from "../errors-etcd";
import { askEtcd, careForEtcd } from "../plan/agent";
import { requestAbout, usableStore } from "../plan/stores";
import type { Context } from "../plan/workspace";
import { careLines, type EtcdOfStore, etcdLines } from "../report/etcd-table";
import { shownPath } from "../text";

/** Whether the store knows members of etcd that run on hosts. */
export function hasEtcdMembers(directory: string): boolean {
  const store = new Store(directory);
  return isStore(store) && hostedNodes(store.inventory()).some(hasEtcd);
}

/** The store of a command that changes only one. */
export function onlyStore(command: string, stores: readonly string[]): string {
  if (stores.length > 1) throw severalStores(command, stores.map(shownPath));
  return stores[0];
}

/** Shows the members of each store's etcd. */
export async function etcdStatus(
  paths: readonly string[],
  context: Context,
): Promise<number> {
  const { output } = context;
  const directories = paths.map((path) =>
    usableStore(path, context.environment),
  );
  const stores: EtcdOfStore[] = [];
  for (const directory of directories) {
    const about = aboutStore(directory);
    const request = requestFor(directory, { task: "status" });
    const answer = await output.during(
      { phase: "etcd", store: about.store },
      () => askEtcd(request, context),
    );
    const store =
      typeof answer === "string"
        ? { ...about, failure: answer }
        : { ...about, state: answer.state };
    if (stores.length > 0) output.say();
    for (const line of etcdLines(store, output.style)) output.say(line);
    stores.push(store);
  }
  const exitCode = Math.max(...stores.map(exitCodeOf));
  output.document(() =>
    visibleJson({ exitCode, stores: stores.map(withFindings) }, 2),
  );
  return exitCode;
}

/** Defragments the members of a store's etcd, or brings it back when its quota is used up. */
export async function careFor(
  path: string,
  options: { readonly task: EtcdTask; readonly all: boolean },
  context: Context,
): Promise<number> {
  const { output } = context;
  const directory = usableStore(path, context.environment);
  const about = aboutStore(directory);
  const { outcome, failure } = await output.during(
    { phase: "etcd", store: about.store },
    () => careForEtcd(requestFor(directory, options), context),
    (ended) => ended.failure === undefined,
  );
  const store = { ...about, ...outcome, ...(failure && { failure }) };
  const exitCode = failure === undefined ? exitCodeOf(store) : 1;
  output.document(() =>
    visibleJson({ exitCode, stores: [withFindings(store)] }, 2),
  );
  if (failure !== undefined) output.fail(failure);
  else
    for (const line of careLines(store, options, output.style))
      output.say(line);
  return exitCode;
}

function aboutStore(
  directory: string,
): Pick<EtcdOfStore, "store" | "stack" | "clusterName"> {
  const { stack, clusterName } = new Store(directory).inventory() ?? {};
  return { store: shownPath(directory), stack, clusterName };
}

const requestFor = (
  directory: string,
  options: Pick<EtcdCareRequest, "task" | "all">,
): EtcdCareRequest => ({
  action: "etcd",
  ...requestAbout(directory),
  ...options,
});

const withFindings = (store: EtcdOfStore) => ({
  ...store,
  ...(store.state && { findings: etcdFindings(store.state) }),
});

/** 2: an alarm is raised. 1: a member is not healthy or comes near its quota, or the members could not be asked. */
function exitCodeOf({ state, failure }: EtcdOfStore): 0 | 1 | 2 {
  if (!state || failure !== undefined) return 1;
  const found = etcdFindings(state);
  if (found.some(isAlarm)) return 2;
  const isHealthy =
    state.hasQuorum &&
    state.members.every(({ problem }) => problem === undefined);
  return isHealthy && found.length === 0 ? 0 : 1;
}
