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

/** How long the manifests give a component to start. */
const LIMIT = 240;
/** A kubelet gives it 30 seconds, of which an API server that is watched uses all. */
const GRACE = 5;

/** A static pod as its kubelet would run it: the manifest's command, again when it ends, asked by its probes. */
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
      // As components expect it that start before what they need.
      this.restart = setTimeout(() => this.start(), 200);
    });
  }

  /** Returns when all that the manifest asks of it is well. */
  async ready(): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.container;
    try {
      for (const probe of [startupProbe, readinessProbe, livenessProbe])
        if (probe)
          await until(`${this.title} well`, LIMIT, () => this.ask(probe));
    } catch (error) {
      throw new Error(`${String(error)}\n${this.lastWords()}`);
    }
  }

  /** Whether it is ready now. */
  isReady(): Promise<boolean> {
    const { readinessProbe, livenessProbe } = this.container;
    return this.ask(readinessProbe ?? livenessProbe).catch(() => false);
  }

  /** As a kubelet does it: it is asked to end, and is killed when its time is over. */
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

  /** The arguments that the running process has. */
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

  private lastWords(): string {
    const lines = readFileSync(this.log, "utf8").trim().split("\n");
    return `${this.title} said, ${this.restarts} restarts:\n  ${lines.slice(-12).join("\n  ")}`;
  }

  /** Read whenever it is needed: a deploy may have changed it. */
  get manifest(): Manifest {
    return load(readFileSync(this.path, "utf8")) as Manifest;
  }

  private get container(): Container {
    return this.manifest.spec.containers[0];
  }
}

/** Those of a machine's tree. */
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
