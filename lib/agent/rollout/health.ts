import type { ComponentRequest, NodeRequest } from "../request";
import { notHealthy } from "../errors-rollout";
import { HostError } from "../errors-hosts";
import type { Host } from "../hosts/host";
import { Server, type Tls } from "../cluster/https";

/** How long a component may take to answer whether it is well: milliseconds. */
const PATIENCE = 2000;
/** Between two questions. */
const PAUSE = 200;
/** Between two looks at the processes, which cost the host more than a question: while one of them is well, and not. */
const LOOK = 500;
const RARE_LOOK = 2000;
/** After this long kubelet, which looks for other manifests every 20 s, has ended what it would end. */
const SETTLED = 30_000;
/** Somebody who watches should know what is waited for. */
const PATIENT = 10_000;
/** A component that was started again this often after a change will not come up by being waited for. */
const RESTARTS = 3;

/** Who asks, where nobody unknown gets an answer. */
export type Client = Tls["client"];

/** Where a component says whether it is well. */
function serverOf(
  host: Host,
  { name, health }: ComponentRequest,
  client: Client,
): Server {
  return new Server({
    title: `${name} of ${host.name}`,
    host,
    address: health.host,
    port: health.port,
    // Some have certificates that they made for themselves, and SSH has led us to the very host.
    ...(health.scheme === "https" && { tls: { client } }),
  });
}

async function isHealthy(server: Server, path: string): Promise<boolean> {
  try {
    await server.request({ method: "GET", path, timeout: PATIENCE });
    return true;
  } catch (error) {
    // That there is no way to the host says nothing of what runs on it.
    if (error instanceof HostError) throw error;
    return false;
  }
}

/** The components of a node that do not answer well. */
export async function unhealthyOf(
  host: Host,
  components: readonly ComponentRequest[],
  client: Client,
): Promise<ComponentRequest[]> {
  const healthy = await Promise.all(
    components.map(async (component) => {
      const server = serverOf(host, component, client);
      const answer = await isHealthy(server, component.health.path);
      server.close();
      return answer;
    }),
  );
  return components.filter((_, i) => !healthy[i]);
}

export interface Wait {
  readonly node: NodeRequest;
  readonly host: Host;
  readonly components: readonly ComponentRequest[];
  readonly client: Client;
  /** What ran before the change. */
  readonly before: Running;
  /** The components that are to be other processes after it. */
  readonly replaced: ReadonlySet<string>;
  /** Give up early on one that ends again and again: where nothing else has to come up first. */
  readonly impatient: boolean;
  readonly say: (line: string) => void;
}

/**
 * Waits until every component runs as it was changed and is healthy; the first that fails ends the wait for all. Those
 * that are replaced come first: the others may be well until one of them goes, and only then be ill.
 */
export async function waitUntilHealthy(wait: Wait): Promise<void> {
  const isReplaced = ({ name }: ComponentRequest) => wait.replaced.has(name);
  await waitForAll(wait.components.filter(isReplaced), wait);
  await waitForAll(
    wait.components.filter((component) => !isReplaced(component)),
    wait,
  );
}

async function waitForAll(
  components: readonly ComponentRequest[],
  wait: Wait,
): Promise<void> {
  const end = new AbortController();
  await Promise.all(
    components.map((component) =>
      waitFor(component, wait, end.signal).catch((error: unknown) => {
        end.abort();
        throw error;
      }),
    ),
  );
}

async function waitFor(
  component: ComponentRequest,
  wait: Wait,
  signal: AbortSignal,
): Promise<void> {
  const { node, host, replaced, say } = wait;
  const { name, health, timeout } = component;
  const before = replaced.has(name)
    ? (wait.before.processes.get(name) ?? new Set<string>())
    : new Set<string>();
  const start = Date.now();
  const server = serverOf(host, component, wait.client);
  let waited = replaced.has(name);
  let isSaid = false;
  let looked = start;
  /** Since when it has been well without a break. */
  let well = start;
  try {
    while (!signal.aborted) {
      const healthy = await isHealthy(server, health.path);
      if (!healthy) well = Date.now();
      if (healthy && before.size === 0) break;
      let crashes = false;
      if (Date.now() - looked > (healthy ? LOOK : RARE_LOOK)) {
        looked = Date.now();
        const now = await runningOn(host, node.name);
        const processes = [...(now.processes.get(name) ?? [])];
        if (healthy && processes.some((process) => !before.has(process))) break;
        // The pod was the wanted one all the while, whatever stood in its manifest: kubelet leaves it alone.
        if (healthy && Date.now() - well > SETTLED) break;
        crashes =
          wait.impatient && restarts(name, wait.before, now) >= RESTARTS;
      }
      if (crashes || Date.now() - start > timeout * 1000)
        throw notHealthy({
          ...{ node: node.name, component: name, crashes },
          seconds: Math.round((Date.now() - start) / 1000),
          log: await logOf(host, node.name, name),
        });
      if (!isSaid && Date.now() - start > PATIENT) {
        say(`${node.name}: waits for ${name}`);
        isSaid = true;
      }
      waited = true;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  } finally {
    server.close();
  }
  // What was well all along is no news.
  if (waited && !signal.aborted)
    say(`${node.name}: ${name} healthy after ${seconds(start)}`);
}

export const seconds = (since: number): string =>
  `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** What runs on a host, by component. */
export interface Running {
  /** Number and start, which together no other process ever has. */
  readonly processes: ReadonlyMap<string, ReadonlySet<string>>;
  /** By pod, how often its container was started again. */
  readonly restarts: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** With nothing but what the shell itself can do: this is asked while a host is busy. */
const RUNNING = `
for directory in /proc/[0-9]*; do
  read -r name < "$directory/comm" || continue
  case $name in
    etcd|kube-apiserver|kube-controller|kube-scheduler|kubelet)
      read -r stat < "$directory/stat" && echo "$name $stat" ;;
  esac
done 2>/dev/null
for log in /var/log/pods/kube-system_*-"$1"_*/*/*.log; do
  echo "log $log"
done
exit 0
`;

const NAMES: Readonly<Record<string, string>> = {
  // The kernel keeps 15 letters of a name.
  "kube-controller": "kube-controller-manager",
};

export async function runningOn(host: Host, node: string): Promise<Running> {
  const { stdout } = await host.run(RUNNING, { args: [node] });
  const processes = new Map<string, Set<string>>();
  const restarts = new Map<string, Map<string, number>>();
  for (const line of stdout.toString().split("\n")) {
    const [short, pid, ...stat] = line.split(" ");
    if (!short || pid === undefined) continue;
    if (short === "log") {
      const [count, name, pod] = pid
        .replace(/\.log$/, "")
        .split("/")
        .reverse();
      const pods = restarts.get(name) ?? new Map<string, number>();
      restarts.set(
        name,
        pods.set(pod, Math.max(pods.get(pod) ?? 0, Number(count))),
      );
      continue;
    }
    const name = NAMES[short] ?? short;
    // The start is the 22nd field; names of these programs hold no blank.
    const id = `${pid} ${stat[20]}`;
    processes.set(name, (processes.get(name) ?? new Set()).add(id));
  }
  return { processes, restarts };
}

/** How often one of a component's containers was started again since then. */
function restarts(name: string, before: Running, now: Running): number {
  const counts = [...(now.restarts.get(name) ?? [])].map(
    ([pod, count]) => count - (before.restarts.get(name)?.get(pod) ?? 0),
  );
  return Math.max(0, ...counts);
}

const LOG_LINES = 12;

/** The end of a component's own log: kubelet's is the journal's, the others' are files of their pods. */
const LOG = `
if [ "$2" = kubelet ]; then
  journalctl --unit kubelet --lines "$3" --no-pager --output cat
else
  newest=
  for log in /var/log/pods/kube-system_"$2"-"$1"_*/"$2"/*.log; do
    [ -s "$log" ] || continue
    if [ -z "$newest" ] || [ "$log" -nt "$newest" ]; then newest=$log; fi
  done
  if [ -n "$newest" ]; then
    tail -n "$3" "$newest"
  else
    echo "its container was never started; kubelet says:"
    journalctl --unit kubelet --lines "$3" --no-pager --output cat
  fi
fi 2>&1
`;

async function logOf(
  host: Host,
  node: string,
  component: string,
): Promise<string[]> {
  try {
    const { stdout } = await host.run(LOG, {
      args: [node, component, String(LOG_LINES)],
    });
    return stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.replace(CRI_PREFIX, "").slice(0, 400));
  } catch {
    return ["its log cannot be read"];
  }
}

/** What the container runtime puts before each line. */
const CRI_PREFIX = /^\S+ (stdout|stderr) [FP] /;
