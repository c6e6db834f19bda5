import { type Clock, elapsed } from "../../base/clock";
import type { ComponentRequest, NodeRequest } from "../../request/request";
import { notHealthy } from "./errors";
import { HostError } from "../hosts/errors";
import type { Host } from "../hosts/host";
import { Server, type Tls } from "../cluster/https";
import { LIMITS } from "../../base/limits";
import { logOf } from "./log";
import { type Running, restartsOf, runningOn } from "./running";

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

/** The client certificate for health checks where anonymous requests are refused. */
export type Client = Tls["client"];

/** Somebody to ask whether a component is well. */
interface HealthProbe {
  isHealthy(): Promise<boolean>;
  close(): void;
}

/** The component itself where it answers such questions, else systemd. */
function probeOf(
  host: Host,
  component: ComponentRequest,
  client: Client,
): HealthProbe {
  const { name, health, unit = "" } = component;
  if (!health)
    return {
      isHealthy: async () =>
        (await host.run(IS_ACTIVE, { args: [unit] })).exitCode === 0,
      close: () => undefined,
    };
  const server = new Server({
    title: `${name} of ${host.name}`,
    host,
    address: health.host,
    port: health.port,
    // Some have certificates that they made for themselves, and SSH has led us to the very host.
    ...(health.scheme === "https" && { tls: { client } }),
  });
  return {
    isHealthy: () => answersOk(server, health.path),
    close: () => server.close(),
  };
}

const IS_ACTIVE = `systemctl is-active --quiet "$1"`;

async function answersOk(server: Server, path: string): Promise<boolean> {
  try {
    await server.request({
      method: "GET",
      path,
      timeout: PATIENCE,
      limit: LIMITS.healthAnswer,
    });
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
      const probe = probeOf(host, component, client);
      const answer = await probe.isHealthy();
      probe.close();
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
  readonly clock: Clock;
  /** What ran before the change. */
  readonly before: Running;
  /** The components that are to be other processes after it. */
  readonly replaced: ReadonlySet<string>;
  /** Where components write what they say, if not where their kind does. */
  readonly logFiles: ReadonlyMap<string, string | undefined>;
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
      waitForOne(component, wait, end.signal).catch((error: unknown) => {
        end.abort();
        throw error;
      }),
    ),
  );
}

async function waitForOne(
  component: ComponentRequest,
  wait: Wait,
  signal: AbortSignal,
): Promise<void> {
  const { node, host, replaced, clock, say } = wait;
  const { name, unit, timeout } = component;
  const before = replaced.has(name)
    ? (wait.before.processes.get(name) ?? new Set<string>())
    : new Set<string>();
  // Where a unit was started, somebody else may answer at its port.
  const looksCloser = before.size > 0 || (unit && replaced.has(name));
  const start = clock.now();
  const probe = probeOf(host, component, wait.client);
  let waited = replaced.has(name);
  let isSaid = false;
  let looked = start;
  let former: Running | undefined;
  /** Since when it has been well without a break. */
  let well = start;
  try {
    while (!signal.aborted) {
      const healthy = await probe.isHealthy();
      if (!healthy) well = clock.now();
      if (healthy && !looksCloser) break;
      let crashes = false;
      if (clock.now() - looked > (healthy ? LOOK : RARE_LOOK)) {
        looked = clock.now();
        const now = await runningOn(host, {
          name: node.name,
          components: [component],
        });
        const processes = [...(now.processes.get(name) ?? [])];
        if (healthy && processes.some((process) => !before.has(process))) break;
        // The pod was the wanted one all the while, whatever stood in its manifest: kubelet leaves it alone.
        if (healthy && !unit && clock.now() - well > SETTLED) break;
        // What a unit needs may have been away for a while: that counts no more.
        former ??= unit && !replaced.has(name) ? now : wait.before;
        const again = restartsOf(name, former, now, replaced.has(name));
        crashes =
          // systemd has given it up.
          now.units.get(name)?.state === "failed" ||
          (wait.impatient && again >= RESTARTS);
      }
      if (crashes || clock.now() - start > timeout * 1000)
        throw notHealthy({
          node: node.name,
          component: name,
          crashes,
          seconds: Math.round((clock.now() - start) / 1000),
          log: await logOf(host, node.name, component, wait.logFiles.get(name)),
        });
      if (!isSaid && clock.now() - start > PATIENT) {
        say(`${node.name}: waits for ${name}`);
        isSaid = true;
      }
      waited = true;
      await clock.pause(PAUSE);
    }
  } finally {
    probe.close();
  }
  // What was well all along is no news.
  if (waited && !signal.aborted)
    say(`${node.name}: ${name} healthy after ${elapsed(clock, start)}`);
}
