import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  type Machine,
  type RunOptions,
  startUntilItsInputEnds,
} from "../machines";
import { say, seconds, until } from "../say";
import { CONTROL_GROUPS, joined, removeControlGroup } from "./control-groups";
import type { HostImage } from "./image";
import { run } from "./shell";

/** The properties of a host. */
export interface HostProps {
  readonly name: string;
  /** Its address in the lab's network. */
  readonly address: string;
  /**
   * Whether it already has the images of Kubernetes.
   * @default true
   */
  readonly images?: boolean;
  /**
   * Whether it runs containers. Dedicated etcd hosts do not need to.
   * @default true
   */
  readonly containerd?: boolean;
}

/** The surroundings of a host, which its lab provides. */
export interface Surroundings {
  readonly id: string;
  /** The machine that deploys. */
  readonly admin: Machine;
  readonly image: HostImage;
  /** The folder of the disks. */
  readonly directory: string;
  /** The entries of all hosts' /etc/hosts. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The address of the admin machine, which is every host's default gateway. */
  readonly gateway: string;
  readonly prefix: number;
  readonly sshKey: string;
  /** The pod subnet for a host's address. Absent if pods have no network. */
  readonly podSubnet?: (address: string) => string;
  /** Adds a host's key to the known hosts of SSH clients. */
  readonly introduce: (address: string, key: string) => void;
}

/** The user who may use sudo on a host. Like root, the user logs in with the lab's key. */
const USER = { name: "admin", id: 1000 };

/**
 * A machine with systemd, containerd and an SSH server. Its root file system is a layer over the shared image. All its
 * processes are in a PID namespace whose first process ends with this process, so that the kernel ends all of them.
 */
export class Host {
  readonly name: string;
  readonly address: string;
  private holder?: ChildProcess;
  /** The id of its first process on this machine. */
  private init = 0;

  constructor(
    private readonly props: HostProps,
    private readonly lab: Surroundings,
    /** The name of its interface on the admin machine. */
    private readonly interfaceName: string,
  ) {
    this.name = props.name;
    this.address = props.address;
  }

  /** The folder of its disk and its console log. */
  get directory(): string {
    return join(this.lab.directory, this.name);
  }

  /** The public key of its SSH server. */
  get key(): string {
    const file = this.path("etc/ssh/ssh_host_ed25519_key.pub");
    return readFileSync(file, "utf8").split(" ").slice(0, 2).join(" ");
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
    const holder = spawn("setpriv", this.boot(), {
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
      const service = this.runsContainers ? "containerd" : "ssh";
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
    this.install();
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

  /** The path on this machine of a file that was written on the host. */
  private path(file: string): string {
    return join(this.directory, "disk", file);
  }

  /** Creates a new disk with the files that differ from the image. */
  private install(): void {
    const { address, name, lab } = this;
    const { containerd } = lab.image;
    for (const folder of ["disk", "work", "root"])
      mkdirSync(join(this.directory, folder), { recursive: true });
    const known = { localhost: "127.0.0.1", ...lab.hosts, [name]: address };
    const files: Record<string, string> = {
      "etc/hostname": `${name}\n`,
      "etc/machine-id": `${randomBytes(16).toString("hex")}\n`,
      "etc/hosts": Object.entries(known)
        .map(([host, at]) => `${at} ${host}\n`)
        .join(""),
      // There is no nameserver, but the address is not a loopback address, which pods could not use.
      "etc/resolv.conf": `nameserver ${lab.gateway}\n`,
    };
    if (lab.podSubnet)
      files["etc/cni/net.d/10-lab.conflist"] = podNetwork(
        lab.podSubnet(address),
      );
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    const authorized = readFileSync(`${lab.sshKey}.pub`);
    for (const [home, owner] of [
      ["root", 0],
      [`home/${USER.name}`, USER.id],
    ] as const) {
      this.write(`${home}/.ssh/authorized_keys`, authorized);
      for (const path of ["", ".ssh", ".ssh/authorized_keys"])
        chownSync(join(this.path(home), path), owner, owner);
    }
    this.makeKey();
    lab.introduce(address, this.key);
    const store = join(this.directory, "containerd");
    if (!this.runsContainers) {
      const masked = this.path("etc/systemd/system/containerd.service");
      mkdirSync(dirname(masked), { recursive: true });
      symlinkSync("/dev/null", masked);
    }
    if (this.props.images === false || !this.runsContainers) mkdirSync(store);
    else linkStore(containerd, store);
  }

  private get runsContainers(): boolean {
    return this.props.containerd !== false;
  }

  private makeKey(): void {
    const file = this.path("etc/ssh/ssh_host_ed25519_key");
    mkdirSync(dirname(file), { recursive: true });
    makeSshKey(file, this.name);
  }

  private write(file: string, content: string | Buffer): void {
    const path = this.path(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
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

  /** The command that becomes the host after it has printed `ready` and received a line. */
  private boot(): string[] {
    const { address, directory, lab } = this;
    const root = join(directory, "root");
    const layers = [
      `lowerdir=${lab.image.rootfs}`,
      `upperdir=${join(directory, "disk")}`,
      `workdir=${join(directory, "work")}`,
    ];
    const become = [
      `mount -t overlay -o ${layers.join()} overlay ${root}`,
      // systemd-nspawn would otherwise leave files of every machine there.
      "mount -t tmpfs tmpfs /run",
      // It sees only its own control groups, so that no kubelet changes those of another host.
      "mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup",
      ...CONTROL_GROUPS.flatMap(({ name, options }) => [
        `mkdir /sys/fs/cgroup/${name}`,
        `mount -t cgroup -o ${options} cgroup /sys/fs/cgroup/${name}`,
      ]),
      // systemd-nspawn puts all processes of the host into this group, which systemd must see as the root.
      "mkdir /sys/fs/cgroup/systemd/payload",
      "echo ready",
      "read -r line",
      "ip link set lo up",
      "ip link set eth0 up",
      `ip address add ${address}/${lab.prefix} dev eth0`,
      `ip route add default via ${lab.gateway}`,
      [
        `exec systemd-nspawn --directory=${root} --machine=${this.name} --boot`,
        "--network-namespace-path=/proc/self/ns/net --resolv-conf=off --timezone=off --link-journal=no",
        "--register=no --keep-unit --capability=all --system-call-filter=@known",
        "--bind=/sys/fs/cgroup --bind=/sys/fs/cgroup/systemd/payload:/sys/fs/cgroup/systemd --bind=/dev/kmsg",
        `--bind=${join(directory, "containerd")}:/var/lib/containerd`,
        "--console=pipe </dev/null >&2",
      ].join(" "),
    ];
    const script = [
      ...joined(join(lab.id, this.name)),
      'exec unshare --mount --net --cgroup --uts --pid --fork --kill-child --mount-proc sh -euc "$1"',
    ];
    return [
      "--pdeathsig",
      "KILL",
      "sh",
      "-euc",
      script.join("\n"),
      "sh",
      become.join("\n"),
    ];
  }

  private endOfLog(): string {
    const log = readFileSync(join(this.directory, "console.log"), "utf8");
    return `its console said:\n  ${log.trim().split("\n").slice(-12).join("\n  ")}`;
  }
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SSH_IS_DROPPED = "INPUT --protocol tcp --dport 22 --jump DROP";

/** Makes an SSH key pair. The name of the public key ends with `.pub`. */
export function makeSshKey(file: string, comment: string): void {
  run([
    "ssh-keygen",
    "-q",
    "-t",
    "ed25519",
    "-N",
    "",
    "-C",
    comment,
    "-f",
    file,
  ]);
}

/** Links layers and blobs, which never change, and copies databases, which do. */
function linkStore(from: string, to: string): void {
  run(["cp", "--archive", "--link", from, to]);
  const databases = run(["find", to, "-name", "*.db", "-printf", "%P\\n"]);
  for (const file of databases.trim().split("\n")) {
    rmSync(join(to, file));
    cpSync(join(from, file), join(to, file));
  }
}

const podNetwork = (subnet: string): string =>
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "lab",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isDefaultGateway: true,
        hairpinMode: true,
        ipam: { type: "host-local", ranges: [[{ subnet }]] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });

const alive = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null;

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

/** The id of systemd: the child of systemd-nspawn, which is the child of the process that holds the namespaces. */
function initOf(holder: number): number {
  const [init] = childrenOf(holder).flatMap(childrenOf);
  if (!init) throw new Error(`no system runs below process ${holder}`);
  return init;
}

function ready(holder: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    holder.stdout?.once("data", () => resolve());
    holder.once("close", () => reject(new Error(`${name} cannot be made`)));
  });
}

function output(
  title: string,
  [file, ...args]: readonly string[],
  input = "",
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${title}\n${stderr}${stdout}`))
        : resolve(stdout),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
