import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { binariesOf, KUBERNETES } from "./binaries";
import { serverOf } from "./clients";
import { type Machine, Network, removeAtTheEnd } from "./machines";
import { say, seconds } from "./say";
import { type StaticPod, staticPodsOf } from "./static-pods";

export const REPOSITORY = join(__dirname, "../..");

/** A user's program, and machines for its cluster. */
export interface ClusterProps {
  /** The user's `main.ts`. */
  readonly main: string;
  /** Further files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly clusterName: string;
  /** The addresses of the nodes, by name. */
  readonly nodes: Readonly<Record<string, string>>;
  /** The endpoint's address, which the first node has as well. Absent if the endpoint is that node's own address. */
  readonly endpoint?: { readonly host: string; readonly address: string };
  /** The address of the machine that deploys. */
  readonly adminAddress: string;
  readonly prefix: number;
}

/** A deployed control plane with running processes. Each node has its own machine. */
export class Cluster {
  readonly pods: StaticPod[] = [];
  readonly machines: Machine[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), "e2e-"));
  private network!: Network;

  constructor(readonly props: ClusterProps) {
    removeAtTheEnd(this.directory);
    const files = {
      ...props.files,
      "main.ts": props.main,
      "cdktf.json": JSON.stringify({
        app: "node node_modules/tsx/dist/cli.mjs main.ts",
      }),
    };
    for (const [path, text] of Object.entries(files))
      writeFileSync(join(this.directory, path), text);
    const modules = "node_modules";
    symlinkSync(join(REPOSITORY, modules), join(this.directory, modules));
    mkdirSync(this.logs);
  }

  async deploy(): Promise<void> {
    const start = Date.now();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(REPOSITORY, "dist/control-plane.cjs"), "deploy"],
      {
        cwd: this.directory,
        env: {
          ...process.env,
          // So that the program can import the library by its name.
          TSX_TSCONFIG_PATH: join(REPOSITORY, "tsconfig.json"),
          TF_CLI_CONFIG_FILE: "/dev/null",
          CHECKPOINT_DISABLE: "1",
        },
      },
    );
    say(`${stdout.split("\n")[0]} (${seconds(start)})`);
  }

  /** Edits the program, as a user would between two deploys. */
  change(edit: (main: string) => string): void {
    const main = edit(this.props.main);
    if (main === this.props.main) throw new Error("nothing was edited");
    writeFileSync(join(this.directory, "main.ts"), main);
  }

  /** Starts the machines, and then all processes on all of them at once. */
  async start(): Promise<void> {
    const { nodes, endpoint, adminAddress, prefix } = this.props;
    const hosts = endpoint ? { [endpoint.host]: endpoint.address } : {};
    const path = binariesOf(KUBERNETES, () => {});
    this.network = await Network.start(
      { address: adminAddress, hosts, path },
      prefix,
    );
    for (const [name, address] of Object.entries(nodes)) {
      const tree = this.store(`nodes/${name}/root`);
      const mounts = Object.fromEntries(
        ["/etc/kubernetes", "/var/lib/kubelet"].map((to) => [
          to,
          join(tree, to),
        ]),
      );
      const machine = await this.network.add({
        name,
        address,
        hosts,
        path,
        mounts,
      });
      this.machines.push(machine);
      this.pods.push(...staticPodsOf(machine, tree, this.logs));
    }
    if (endpoint) await this.network.give(this.machines[0], endpoint.address);
    for (const pod of this.pods) pod.start();
  }

  /** Waits until the pods are ready, and prints how long each of them took. */
  async ready(pods: readonly StaticPod[] = this.pods): Promise<void> {
    const start = Date.now();
    await Promise.all(
      pods.map(async (pod) => {
        await pod.ready();
        const restarts = pod.restarts ? `, ${pod.restarts} restarts` : "";
        say(`${pod.title} ready after ${seconds(start)}${restarts}`);
      }),
    );
  }

  podsOf(name: string): StaticPod[] {
    return this.pods.filter((pod) => pod.name === name);
  }

  podsOn(machine: Machine): StaticPod[] {
    return this.pods.filter((pod) => pod.machine === machine);
  }

  /** Moves the endpoint's address to another machine, as a shared address would move. */
  async moveEndpoint(from: Machine, to: Machine): Promise<void> {
    await this.network.move(this.props.endpoint!.address, from, to);
  }

  get admin(): Machine {
    return this.network.admin;
  }

  /** Runs kubectl on the machine that deploys, as an administrator. */
  kubectl(...args: string[]): Promise<string> {
    return this.kubectlWith({}, ...args);
  }

  kubectlWith(
    { input, server }: { input?: string; server?: Machine },
    ...args: string[]
  ): Promise<string> {
    const to = server ? ["--server", serverOf(server)] : [];
    const kubeconfig = this.store("kubeconfigs/admin.conf");
    return this.admin.run(
      ["kubectl", "--kubeconfig", kubeconfig, ...to, ...args],
      { input },
    );
  }

  /** A path in the store. */
  store(path: string): string {
    return join(this.directory, "clusters", this.props.clusterName, path);
  }

  private get logs(): string {
    return join(this.directory, "logs");
  }

  objects(): string[] {
    return readdirSync(this.store("objects"));
  }

  async end(): Promise<void> {
    await Promise.all(this.pods.map((pod) => pod.stop(0)));
    this.network?.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
