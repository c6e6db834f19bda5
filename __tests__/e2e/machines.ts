import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";

/** Options for running a command on a machine. */
export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** The properties of a machine. */
interface MachineProps {
  readonly name: string;
  /** Absent for the administrator's machine, to which nothing connects. */
  readonly address?: string;
  /** The entries of its /etc/hosts. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Read-only folders of this machine, by their paths on the test machine. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Its PATH, which comes before this machine's. */
  readonly path: string;
}

/**
 * A simulated machine with its own network, host name, /etc and /var. They are unnamed namespaces, held by one process, so
 * that nothing is left of them when that process ends. It ends together with this process, however this one
 * ends.
 */
export class Machine {
  readonly name: string;
  readonly address: string;
  private readonly environment: Record<string, string>;

  private constructor(
    private readonly holder: ChildProcess,
    { name, address = "", path }: MachineProps,
  ) {
    this.name = name;
    this.address = address;
    this.environment = { PATH: `${path}:${process.env.PATH}`, HOME: "/var" };
  }

  static async start(props: MachineProps): Promise<Machine> {
    const script = [
      "set -e",
      `hostname ${props.name}`,
      "ip link set lo up",
      // A tmpfs, so that the machine's files vanish with it, and this machine's /etc and /var do not change.
      "mount -t tmpfs tmpfs /mnt",
      ...Object.values(props.mounts ?? {}).map(
        (from, i) => `mkdir /mnt/${i}; mount --bind '${from}' /mnt/${i}`,
      ),
      ...["etc", "var"].flatMap((name) => [
        `mkdir -p /mnt/${name}/upper /mnt/${name}/work`,
        `mount -t overlay -o lowerdir=/${name},upperdir=/mnt/${name}/upper,workdir=/mnt/${name}/work overlay /${name}`,
      ]),
      ...Object.keys(props.mounts ?? {}).flatMap((to, i) => [
        `mkdir -p ${to}; mount --bind /mnt/${i} ${to}`,
        `mount -o remount,bind,ro ${to}`,
      ]),
      `printf '${hostsFile(props.hosts)}' > /etc/hosts`,
      "echo ready",
      "exec cat >/dev/null",
    ].join("\n");
    const holder = spawn(
      "setpriv",
      [
        "--pdeathsig",
        "KILL",
        "unshare",
        "--mount",
        "--net",
        "--uts",
        "sh",
        "-c",
        script,
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    await ready(holder, props.name);
    return new Machine(holder, props);
  }

  /** The id of the process that holds the namespaces. */
  get pid(): number {
    return this.holder.pid!;
  }

  /** Runs a command to its end, and returns its output. */
  run(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const [file, ...args] = this.inside(command);
    return new Promise((resolve, reject) => {
      const child = execFile(
        file,
        args,
        {
          encoding: "utf8",
          maxBuffer: 1 << 26,
          env: { ...this.environment, ...options.env },
        },
        (error, stdout, stderr) =>
          error
            ? reject(
                new Error(
                  `${this.name}: ${command.join(" ")}\n${stderr || stdout}`,
                ),
              )
            : resolve(stdout),
      );
      child.stdin?.end(options.input);
    });
  }

  /** Starts a process whose output goes to a file. */
  spawn(
    command: readonly string[],
    log: string,
    env: Readonly<Record<string, string>>,
  ): ChildProcess {
    const [file, ...args] = this.inside(command);
    const output = openSync(log, "a");
    return spawn(file, args, {
      env: { ...this.environment, ...env },
      stdio: ["ignore", output, output],
    });
  }

  /** Starts a command that runs until its input ends. Returns a function that ends it. */
  start(command: readonly string[], log: string): () => Promise<void> {
    return startUntilItsInputEnds(this.inside(command), log, this.environment);
  }

  end(): void {
    this.holder.kill("SIGKILL");
  }

  private inside(command: readonly string[]): string[] {
    return [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "nsenter",
      "--target",
      `${this.pid}`,
      "--mount",
      "--net",
      "--uts",
      ...command,
    ];
  }
}

/** Starts a command that runs until its input ends. Returns a function that ends it. */
export function startUntilItsInputEnds(
  [file, ...args]: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv,
): () => Promise<void> {
  const output = openSync(log, "w");
  const child = spawn(file, args, { env, stdio: ["pipe", output, "inherit"] });
  closeSync(output);
  const ended = new Promise<void>((resolve) =>
    child.once("exit", () => resolve()),
  );
  return () => {
    child.stdin?.end();
    return ended;
  };
}

/** Machines on an isolated link: they can reach only each other. */
export class Network {
  private readonly machines: Machine[] = [];

  private constructor(
    /** The machine that deploys. It is also the link's switch, and has its own address. */
    readonly admin: Machine,
    private readonly prefix: number,
  ) {
    this.machines.push(admin);
  }

  static async start(
    props: Omit<MachineProps, "name">,
    prefix: number,
  ): Promise<Network> {
    const admin = await Machine.start({ name: "admin", ...props });
    await admin.run("ip link add br0 type bridge".split(" "));
    await admin.run("ip link set br0 up".split(" "));
    const network = new Network(admin, prefix);
    if (props.address) await network.give(admin, props.address, "br0");
    return network;
  }

  async add(props: MachineProps & { readonly address: string }) {
    const machine = await Machine.start(props);
    this.machines.push(machine);
    const { name, pid } = machine;
    await this.admin.run(
      `ip link add ${name} type veth peer name eth0 netns ${pid}`.split(" "),
    );
    await this.admin.run(`ip link set ${name} master br0 up`.split(" "));
    await machine.run("ip link set eth0 up".split(" "));
    await this.give(machine, props.address);
    return machine;
  }

  async give(machine: Machine, address: string, device = "eth0") {
    const nodad = address.includes(":") ? ["nodad"] : [];
    const add = `ip address add ${address}/${this.prefix} dev ${device}`;
    await machine.run([...add.split(" "), ...nodad]);
  }

  /** Moves an address to another machine, and clears the neighbour caches of all machines. */
  async move(address: string, from: Machine, to: Machine) {
    const remove = `ip address del ${address}/${this.prefix} dev eth0`;
    await from.run(remove.split(" "));
    await this.give(to, address);
    for (const machine of this.machines)
      await machine.run(["ip", "neighbour", "flush", "all"]);
  }

  end(): void {
    for (const machine of this.machines) machine.end();
  }
}

function hostsFile(hosts: Readonly<Record<string, string>>): string {
  const all = Object.entries({ localhost: "127.0.0.1", ...hosts });
  return all.map(([name, address]) => `${address} ${name}\\n`).join("");
}

function ready(holder: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let errors = "";
    holder.stderr?.on("data", (data: Buffer) => (errors += String(data)));
    holder.stdout?.once("data", () => resolve());
    holder.once("close", () =>
      reject(new Error(`machine ${name} cannot be made: ${errors.trim()}`)),
    );
  });
}

/** Removes a folder when this process ends, however it ends. */
export function removeAtTheEnd(directory: string): void {
  const script = `trap '' INT TERM HUP; cat; until rm -rf '${directory}'; do sleep 0.1; done`;
  const guard = spawn("sh", ["-c", script], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  (guard.stdin as Socket).unref();
}
