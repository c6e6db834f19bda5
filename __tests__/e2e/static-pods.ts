import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Machine } from "./machines";
import { until } from "./say";

interface Manifest {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly containers: readonly [Container] };
}

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly {
    readonly name: string;
    readonly containerPort: number;
  }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe?: Probe;
}

interface Probe {
  readonly httpGet: {
    readonly host?: string;
    readonly port: number | string;
    readonly path: string;
    readonly scheme: string;
  };
}

/** The seconds that the manifests allow a component to start. */
const LIMIT = 240;
/** A kubelet allows 30 seconds to end, and an API server with open watches uses all of them. */
const GRACE = 5;

/** Runs a static pod as its kubelet would: runs the command of its manifest, restarts it when it ends, and probes it. */
export class StaticPod {
  restarts = 0;
  private child?: ChildProcess;
  private wanted = false;
  private restart?: NodeJS.Timeout;

  constructor(
    readonly machine: Machine,
    private readonly path: string,
    private readonly log: string,
  ) {}

  get name(): string {
    return this.container.name;
  }

  get title(): string {
    return `${this.machine.name} ${this.name}`;
  }

  start(): void {
    this.wanted = true;
    const { command, env = [] } = this.container;
    const variables = env.map(({ name, value }) => [name, value] as const);
    this.child = this.machine.spawn(
      command,
      this.log,
      Object.fromEntries(variables),
    );
    this.child.once("exit", () => {
      if (!this.wanted) return;
      this.restarts++;
      // Components that start before those that they need expect to be restarted.
      this.restart = setTimeout(() => this.start(), 200);
    });
  }

  /** Returns when all probes of the manifest succeed. */
  async ready(): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.container;
    try {
      for (const probe of [startupProbe, readinessProbe, livenessProbe])
        if (probe)
          await until(`${this.title} well`, LIMIT, () => this.ask(probe));
    } catch (error) {
      throw new Error(`${String(error)}\n${this.endOfLog()}`);
    }
  }

  /** Whether it is ready now. */
  isReady(): Promise<boolean> {
    const { readinessProbe, livenessProbe } = this.container;
    return this.ask(readinessProbe ?? livenessProbe).catch(() => false);
  }

  /** Stops it as a kubelet does: with SIGTERM and, after the grace period, with SIGKILL. */
  async stop(graceSeconds = GRACE): Promise<void> {
    this.wanted = false;
    clearTimeout(this.restart);
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (graceSeconds > 0) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), graceSeconds * 1000);
    await ended;
    clearTimeout(timer);
  }

  /** The arguments of the running process. */
  runningArguments(): string[] {
    return readFileSync(`/proc/${this.child?.pid}/cmdline`, "utf8").split("\0");
  }

  private async ask({ httpGet }: Probe): Promise<boolean> {
    const { host = this.machine.address, port, path, scheme } = httpGet;
    const number = this.container.ports?.find(({ name }) => name === port);
    const address = host.includes(":") ? `[${host}]` : host;
    const url = `${scheme.toLowerCase()}://${address}:${number?.containerPort ?? port}${path}`;
    const format = ["--output", "/dev/null", "--write-out", "%{http_code}"];
    const code = await this.machine.run(
      ["curl", "--silent", "--insecure", "--max-time", "15", ...format, url],
      { env: { no_proxy: "*" } },
    );
    return code === "200";
  }

  private endOfLog(): string {
    const lines = readFileSync(this.log, "utf8").trim().split("\n");
    return `${this.title} said, ${this.restarts} restarts:\n  ${lines.slice(-12).join("\n  ")}`;
  }

  /** The manifest. It is read each time, because a deploy may have changed it. */
  get manifest(): Manifest {
    return load(readFileSync(this.path, "utf8")) as Manifest;
  }

  private get container(): Container {
    return this.manifest.spec.containers[0];
  }
}

/** The static pods in a machine's node tree. */
export function staticPodsOf(
  machine: Machine,
  tree: string,
  logs: string,
): StaticPod[] {
  const directory = join(tree, "etc/kubernetes/manifests");
  return readdirSync(directory).map(
    (file) =>
      new StaticPod(
        machine,
        join(directory, file),
        join(logs, `${machine.name}-${file.replace(".yaml", ".log")}`),
      ),
  );
}
