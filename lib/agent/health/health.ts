import { type Clock, elapsed } from "../../base/clock";
import { ETCD } from "../../catalog/etcd";
import type { ComponentRequest, NodeRequest } from "../../request/request";
import { notHealthy } from "./errors";
import { HostError } from "../hosts/errors";
import type { Host } from "../hosts/host";
import { Server } from "../cluster/https";
import type { Tls } from "../cluster/tls";
import { LIMITS } from "../../base/limits";
import { logOf } from "./log";
import { type Running, restartsOf, runningOn } from "./running";

/** Milliseconds in which a component has to answer a health check. */
const PROBE_TIMEOUT = 2000;
/** Milliseconds between two health checks. */
const PAUSE = 200;
/** Milliseconds between two looks at the host's processes, which cost the host more, while the component is healthy. */
const LOOK = 500;
/** The same while it is unhealthy. */
const RARE_LOOK = 2000;
/** Milliseconds after which kubelet, which looks for changed manifests every 20 s, has surely ended a former pod. */
const SETTLED = 30_000;
/** Milliseconds after which a line says for which component the rollout waits. */
const REPORT_AFTER = 10_000;
/** A component that was restarted this often after a change will not become healthy by waiting. */
const RESTARTS = 3;

/** The client certificate for health checks, for components that refuse anonymous requests. */
export type Client = Tls["client"];

/** A probe of the health of a component. It queries the component itself if it has a health endpoint, otherwise systemd. */
function probeOf(host: Host, component: ComponentRequest, client: Client) {
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
    // The certificate is not verified: some components make their own, and SSH ensures that this is the right host.
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
      timeout: PROBE_TIMEOUT,
      limit: LIMITS.healthAnswer,
    });
    return true;
  } catch (error) {
    // If the host cannot be reached, the health of the component is unknown.
    if (error instanceof HostError) throw error;
    return false;
  }
}

/** The unhealthy components of a node. */
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
  /** The names of the components that must run as new processes after the change. */
  readonly replaced: ReadonlySet<string>;
  /** The log files of components that do not write to the usual place. */
  readonly logFiles: ReadonlyMap<string, string | undefined>;
  /** Whether to give up early on a component that ends again and again, because it waits for nothing else. */
  readonly impatient: boolean;
  readonly say: (line: string) => void;
}

/** The wait for some of the components. */
interface PartWait extends Wait {
  /** Whether they may have ended because their node's etcd was not healthy yet. */
  readonly afterEtcd: boolean;
}

/**
 * Waits until every component runs with its changes and is healthy. The first failure ends the wait for all. It waits for
 * the replaced components first: others may be healthy until the former process of a replaced component ends.
 */
export async function waitUntilHealthy(wait: Wait): Promise<void> {
  const { components, replaced } = wait;
  for (const isReplaced of [true, false]) {
    const part = components.filter(
      ({ name }) => replaced.has(name) === isReplaced,
    );
    const [etcd, others] = [true, false].map((isEtcd) =>
      part.filter(({ name }) => (name === ETCD.id) === isEtcd),
    );
    await waitForAll(etcd, { ...wait, afterEtcd: false });
    await waitForAll(others, { ...wait, afterEtcd: etcd.length > 0 });
  }
}

async function waitForAll(
  components: readonly ComponentRequest[],
  wait: PartWait,
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
  wait: PartWait,
  signal: AbortSignal,
): Promise<void> {
  const { node, host, replaced, clock, say } = wait;
  const { name, unit, timeout } = component;
  const before = replaced.has(name)
    ? (wait.before.processes.get(name) ?? new Set<string>())
    : new Set<string>();
  // The former process, or a foreign one at the port of a unit, may still answer. So the processes have to be examined.
  const isExamined = before.size > 0 || (unit && replaced.has(name));
  const start = clock.now();
  const probe = probeOf(host, component, wait.client);
  let waited = replaced.has(name);
  let isReported = false;
  let looked = start;
  let former: Running | undefined;
  /** The time since which it has been healthy without interruption. */
  let healthySince = start;
  try {
    while (!signal.aborted) {
      const healthy = await probe.isHealthy();
      if (!healthy) healthySince = clock.now();
      if (healthy && !isExamined) break;
      let crashes = false;
      if (clock.now() - looked > (healthy ? LOOK : RARE_LOOK)) {
        looked = clock.now();
        const now = await runningOn(host, {
          name: node.name,
          components: [component],
        });
        const processes = [...(now.processes.get(name) ?? [])];
        if (healthy && processes.some((process) => !before.has(process))) break;
        // The same process stays: for kubelet the new manifest describes the same pod, so it does not restart it.
        if (healthy && !unit && clock.now() - healthySince > SETTLED) break;
        // Earlier restarts do not count if something that it needs may have been down: etcd, or anything for a unit that
        // was not changed.
        former ??=
          wait.afterEtcd || (unit && !replaced.has(name)) ? now : wait.before;
        const again = restartsOf(name, former, now, replaced.has(name));
        crashes =
          // systemd has given up.
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
      if (!isReported && clock.now() - start > REPORT_AFTER) {
        say(`${node.name}: waiting for ${name}`);
        isReported = true;
      }
      waited = true;
      await clock.pause(PAUSE);
    }
  } finally {
    probe.close();
  }
  // No line for a component that was healthy from the beginning.
  if (waited && !signal.aborted)
    say(`${node.name}: ${name} healthy after ${elapsed(clock, start)}`);
}
