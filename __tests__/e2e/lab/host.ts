import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type RunOptions, startUntilItsInputEnds } from "../machines";
import { say, seconds, until } from "../say";
import { bootCommand } from "./boot";
import { removeControlGroup } from "./control-groups";
import { Disk, USER } from "./disk";
import { alive, childrenOf, initOf, output, ready } from "./host-process";
import type { HostProps, Surroundings } from "./surroundings";

/**
 * A machine with systemd, containerd and an SSH server. Its root file system is a layer over the shared image. All its
 * processes are in a PID namespace whose first process ends with this process, so that the kernel ends all of them.
 */
export class Host {
  readonly name: string;
  readonly address: string;
  private readonly disk: Disk;
  private holder?: ChildProcess;
  /** The id of its first process on this machine. */
  private init = 0;

  constructor(
    props: HostProps,
    private readonly lab: Surroundings,
    /** The name of its interface on the admin machine. */
    private readonly interfaceName: string,
  ) {
    this.name = props.name;
    this.address = props.address;
    this.disk = new Disk(props, lab);
  }

  /** The folder of its disk and its console log. */
  get directory(): string {
    return this.disk.directory;
  }

  /** The public key of its SSH server. */
  get key(): string {
    return this.disk.key;
  }

  /** Whether it runs. */
  get up(): boolean {
    return this.holder !== undefined;
  }

  /** Boots it with the disk that it has. */
  async start(): Promise<void> {
    if (this.holder) throw new Error(`${this.name} is up already`);
    const start = Date.now();
    const log = openSync(join(this.directory, "console.log"), "a");
    const holder = spawn("setpriv", bootCommand(this, this.lab), {
      // In its own process group, so that Ctrl-C does not reach it.
      detached: true,
      stdio: ["pipe", "pipe", log],
    });
    closeSync(log);
    this.holder = holder;
    await ready(holder, this.name);
    await this.connect(holder.pid!);
    holder.stdin?.end("\n");
    await until(`${this.name} up`, 60, async () => {
      if (!alive(holder)) throw new Error(this.endOfLog());
      const service = this.disk.runsContainers ? "containerd" : "ssh";
      await this.ssh(`sudo systemctl is-active ${service}`);
      return true;
    });
    this.init = initOf(holder.pid!);
    say(`${this.name} (${this.address}) up in ${seconds(start)}`);
  }

  /** Cuts its power: all its processes and pods end at once. Returns when the last one ended. */
  async kill(): Promise<number> {
    const { holder } = this;
    if (!holder) return Date.now();
    this.holder = undefined;
    if (alive(holder)) {
      const ended = new Promise((resolve) => holder.once("exit", resolve));
      // The first process of its PID namespace ends only after all others.
      const [first] = childrenOf(holder.pid!);
      process.kill(first ?? holder.pid, "SIGKILL");
      await ended;
    }
    const over = Date.now();
    // The kernel would remove it only later, but the name is needed again.
    const unplug = `ip link del ${this.interfaceName} 2>/dev/null || true`;
    await this.lab.admin.run(["sh", "-c", unplug]);
    await removeControlGroup(join(this.lab.id, this.name));
    return over;
  }

  /** Boots it with a new disk: only its name and address stay the same. */
  async reinstall(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
    this.disk.install();
    await this.start();
  }

  /** Runs a shell script or a command as root, and returns its output. */
  exec(
    command: string | readonly string[],
    options: RunOptions = {},
  ): Promise<string> {
    const argv =
      typeof command === "string" ? ["sh", "-euc", command] : command;
    const env = Object.entries({ PATH, HOME: "/root", ...options.env });
    return output(
      `${this.name}: ${argv.join(" ")}`,
      [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "nsenter",
        "--target",
        `${this.init}`,
        "--mount",
        "--uts",
        "--ipc",
        "--net",
        "--pid",
        "--cgroup",
        "env",
        "--ignore-environment",
        ...env.map(([name, value]) => `${name}=${value}`),
        ...argv,
      ],
      options.input,
    );
  }

  /** Starts a program of this machine in the host's network. It runs until its input ends. Returns a function that ends it. */
  startBeside(command: readonly string[], log: string): () => Promise<void> {
    return startUntilItsInputEnds(
      [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "nsenter",
        "--target",
        `${this.init}`,
        "--net",
        ...command,
      ],
      log,
      process.env,
    );
  }

  /** Runs a command over SSH, as administrators would from their machine. */
  ssh(command: string, user = USER.name): Promise<string> {
    const options = {
      IdentityFile: this.lab.sshKey,
      UserKnownHostsFile: join(this.lab.directory, "known_hosts"),
      StrictHostKeyChecking: "yes",
      BatchMode: "yes",
      ConnectTimeout: "5",
    };
    return this.lab.admin.run([
      "ssh",
      "-F",
      "none",
      ...Object.entries(options).flatMap(([k, v]) => ["-o", `${k}=${v}`]),
      `${user}@${this.address}`,
      command,
    ]);
  }

  /** Blocks SSH to the host; everything else still works. */
  async cutSsh(): Promise<void> {
    await this.exec(`iptables --insert ${SSH_IS_DROPPED}`);
  }

  async restoreSsh(): Promise<void> {
    await this.exec(`iptables --delete ${SSH_IS_DROPPED}`);
  }

  /** Connects the process that will become the host to the network, with the MAC address that other hosts remember. */
  private async connect(pid: number): Promise<void> {
    const { admin } = this.lab;
    const name = this.interfaceName;
    const octets = this.address.split(".").map((octet) => Number(octet));
    const mac = [2, 0, ...octets].map((byte) =>
      byte.toString(16).padStart(2, "0"),
    );
    await admin.run([
      ..."ip link add".split(" "),
      name,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "address",
      mac.join(":"),
      "netns",
      `${pid}`,
    ]);
    await admin.run(`ip link set ${name} master br0 up`.split(" "));
  }

  private endOfLog(): string {
    const log = readFileSync(join(this.directory, "console.log"), "utf8");
    return `its console said:\n  ${log.trim().split("\n").slice(-12).join("\n  ")}`;
  }
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SSH_IS_DROPPED = "INPUT --protocol tcp --dport 22 --jump DROP";
