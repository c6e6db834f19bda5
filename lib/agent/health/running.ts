import { unexpectedAnswer } from "../hosts/errors";
import type { Host } from "../hosts/host";
import RUNNING from "../hosts/scripts/running.sh";
import type { ComponentRequest, NodeRequest } from "../../request/request";

/** What runs on a host, by component. */
export interface Running {
  /** Unique ids of the processes: for a unit, systemd's invocation id; otherwise process id and start time. */
  readonly processes: ReadonlyMap<string, ReadonlySet<string>>;
  /** How often the component's container was restarted, by pod. */
  readonly restarts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly units: ReadonlyMap<string, UnitState>;
}

export interface UnitState {
  /** The state in systemd: `active`, `activating`, `failed`, … */
  readonly state: string;
  /** How often systemd restarted the unit since it was last started by command. */
  readonly restarts: number;
}

/** The kernel keeps 15 characters of the name of a process. */
const processName = (component: string): string => component.slice(0, 15);

export async function runningOn(
  host: Host,
  { name: node, components }: Pick<NodeRequest, "name" | "components">,
): Promise<Running> {
  const units = components.filter(({ unit }) => unit !== undefined);
  const others = components.filter(({ unit }) => unit === undefined);
  const { stdout } = await host.run(RUNNING, {
    args: [
      node,
      others.map(({ name }) => processName(name)).join(" "),
      ...units.map(({ unit }) => unit ?? ""),
    ],
  });
  const lines = stdout.toString().split("\n");
  const rest = (kind: string): string[] =>
    lines.flatMap((line) =>
      line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : [],
    );
  const states = rest("unit").map(unitState);
  if (states.length !== units.length)
    throw unexpectedAnswer(host.name, "what it runs", "a line for each unit");
  return {
    processes: new Map([
      ...processesIn(rest("process"), others),
      ...units.map(({ name }, at) => [name, states[at].ids] as const),
    ]),
    restarts: restartsIn(rest("log")),
    units: new Map(units.map(({ name }, at) => [name, states[at]])),
  };
}

function processesIn(
  lines: readonly string[],
  components: readonly ComponentRequest[],
): Map<string, Set<string>> {
  const processes = new Map<string, Set<string>>();
  for (const line of lines) {
    const [short, pid, ...stat] = line.split(" ");
    const component = components.find(
      ({ name }) => processName(name) === short,
    );
    if (!component || pid === undefined) continue;
    const { name } = component;
    // The start time is the 22nd field; the names of these programs contain no space.
    const id = `${pid} ${stat[20]}`;
    processes.set(name, (processes.get(name) ?? new Set()).add(id));
  }
  return processes;
}

function restartsIn(logs: readonly string[]): Map<string, Map<string, number>> {
  const restarts = new Map<string, Map<string, number>>();
  for (const log of logs) {
    const [count, name, pod] = log
      .replace(/\.log$/, "")
      .split("/")
      .reverse();
    const pods = restarts.get(name) ?? new Map<string, number>();
    restarts.set(
      name,
      pods.set(pod, Math.max(pods.get(pod) ?? 0, Number(count))),
    );
  }
  return restarts;
}

function unitState(line: string): UnitState & { ids: Set<string> } {
  const property = (name: string): string =>
    new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? "";
  const state = property("ActiveState");
  const id = property("InvocationID");
  const isRunning = state !== "inactive" && state !== "failed" && id !== "";
  return {
    state,
    restarts: Number(property("NRestarts")),
    ids: new Set(isRunning ? [id] : []),
  };
}

/** How often kubelet or systemd restarted a component since `before`. */
export function restartsOf(
  name: string,
  before: Running,
  now: Running,
  isReplaced: boolean,
): number {
  const unit = now.units.get(name);
  // A unit that the rollout has started counts from zero.
  const former = isReplaced ? 0 : (before.units.get(name)?.restarts ?? 0);
  const counts = [...(now.restarts.get(name) ?? [])].map(
    ([pod, count]) => count - (before.restarts.get(name)?.get(pod) ?? 0),
  );
  return Math.max(0, ...counts, (unit?.restarts ?? 0) - former);
}
