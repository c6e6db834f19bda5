import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { basename, join } from "node:path";
import { binariesOf, KUBERNETES } from "../binaries";
import { type Machine, Network } from "../machines";
import { say, seconds } from "../say";
import { LAB, RUN } from "./cache";
import { CONTROL_GROUPS, removeControlGroup } from "./control-groups";
import { makeSshKey } from "./disk";
import { Host } from "./host";
import { hostImage } from "./image";
import type { HostProps, Surroundings } from "./surroundings";

/** The properties of a lab. */
export interface LabProps {
  readonly hosts: readonly HostProps[];
  /** Further names in the /etc/hosts of all machines, with their addresses. */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * Whether pods have addresses in `LAB_POD_SUBNET` and reach each other. Without them, nodes do not become ready.
   * @default true
   */
  readonly pods?: boolean;
}

/** The subnet of the pods' addresses. */
export const LAB_POD_SUBNET = "10.244.0.0/16";

/** The configuration that kubelets need in the lab. */
export const LAB_KUBELET_CONFIG = {
  cgroupDriver: "cgroupfs",
  failCgroupV1: false,
  failSwapOn: false,
  // The disk is this machine's, so evicting pods would not free space.
  imageGCHighThresholdPercent: 100,
  evictionHard: {
    "imagefs.available": "0%",
    "nodefs.available": "0%",
    "nodefs.inodesFree": "0%",
  },
};

/** The configuration that kube-proxy needs in the lab, where it must not change this machine's connection limits. */
export const LAB_KUBE_PROXY_CONFIG = {
  conntrack: {
    maxPerCore: 0,
    min: 0,
    tcpCloseWaitTimeout: "0s",
    tcpEstablishedTimeout: "0s",
  },
};

const PREFIX = 24;

/**
 * Hosts on an isolated link, and an admin machine on it, from which control planes are deployed. Because the link is
 * isolated, several labs can have the same addresses at once. Everything is removed when this process has ended,
 * however it ended.
 */
export class Lab {
  readonly hosts: Host[] = [];
  private cables = 0;

  private constructor(
    private readonly network: Network,
    private readonly surroundings: Surroundings,
    private readonly guard: ChildProcess,
  ) {}

  /** Starts a lab and its hosts. */
  static async start({ hosts, names, pods = true }: LabProps): Promise<Lab> {
    const image = hostImage(() => {});
    allowInotify();
    const start = Date.now();
    const directory = mkdtempSync(join(LAB, RUN));
    const id = `lab-${basename(directory)}`;
    const guard = guardOf(directory, id);
    const gateway = hosts[0].address.replace(/\d+$/, "1");
    const known = {
      ...Object.fromEntries(hosts.map(({ name, address }) => [name, address])),
      ...names,
    };
    const sshKey = join(directory, "id_ed25519");
    makeSshKey(sshKey, "lab");
    const knownHosts = join(directory, "known_hosts");
    writeFileSync(knownHosts, "");
    const network = await Network.start(
      {
        address: gateway,
        hosts: known,
        path: binariesOf(KUBERNETES, () => {}),
      },
      PREFIX,
    );
    const { admin } = network;
    // It routes between the pods of different hosts.
    await admin.run(["sysctl", "--quiet", "net.ipv4.ip_forward=1"]);
    const lab = new Lab(
      network,
      {
        id,
        admin,
        image,
        directory,
        gateway,
        sshKey,
        hosts: known,
        prefix: PREFIX,
        podSubnet: pods ? podSubnet : undefined,
        introduce: (address, key) => introduce(knownHosts, address, key),
      },
      guard,
    );
    try {
      await Promise.all(hosts.map((props) => lab.add(props)));
    } catch (error) {
      await lab.end();
      throw error;
    }
    say(`${hosts.length} hosts up in ${seconds(start)}`);
    return lab;
  }

  /** The admin machine: it has its own network and `/etc`, and shares everything else with this machine. */
  get admin(): Machine {
    return this.surroundings.admin;
  }

  /** The private key for root and for `admin`, who may use sudo, on all hosts. */
  get sshKey(): string {
    return this.surroundings.sshKey;
  }

  /** The current SSH keys of the hosts. */
  get knownHosts(): string {
    return join(this.surroundings.directory, "known_hosts");
  }

  /** The folder with the tar files of all images of Kubernetes: `kube-apiserver.tar`, `pause.tar`, … */
  get images(): string {
    return this.surroundings.image.images;
  }

  host(name: string): Host {
    const host = this.hosts.find((one) => one.name === name);
    if (!host) throw new Error(`the lab has no host ${name}`);
    return host;
  }

  /** Adds a host. */
  async add(props: HostProps): Promise<Host> {
    const host = new Host(props, this.surroundings, `host${this.cables++}`);
    this.hosts.push(host);
    await host.reinstall();
    if (this.surroundings.podSubnet)
      await this.admin.run([
        "ip",
        "route",
        "replace",
        podSubnet(host.address),
        "via",
        host.address,
      ]);
    return host;
  }

  /** Moves a shared address to a host, from the host that has it now. */
  async give(address: string, to: Host): Promise<void> {
    const device = `${address}/${PREFIX} dev eth0`;
    const others = this.hosts.filter((host) => host.up && host !== to);
    for (const host of others)
      await host.exec(`ip address del ${device} 2>/dev/null || true`);
    await to.exec(`ip address replace ${device}`);
    const forget = "ip neighbour flush all".split(" ");
    await this.admin.run(forget);
    for (const host of others) await host.exec(forget);
  }

  async end(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.kill()));
    await removeControlGroup(this.surroundings.id);
    this.network.end();
    const ended = new Promise((resolve) => this.guard.once("exit", resolve));
    this.guard.ref();
    this.guard.stdin?.end();
    await ended;
  }
}

const INOTIFY = "/proc/sys/fs/inotify/max_user_instances";
const ENOUGH = 1024;

/** Raises the limit of inotify instances: root's count for all hosts together, and kubelets and containerds need many. */
function allowInotify(): void {
  if (Number(readFileSync(INOTIFY, "utf8")) < ENOUGH)
    writeFileSync(INOTIFY, `${ENOUGH}`);
}

/** The pod subnet of a host, which ends like its address. */
const podSubnet = (address: string): string =>
  LAB_POD_SUBNET.replace(
    /\d+\.\d+\/16$/,
    `${address.replace(/.*\./, "")}.0/24`,
  );

function introduce(file: string, address: string, key: string): void {
  const others = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith(`${address} `));
  writeFileSync(file, [...others, `${address} ${key}`, ""].join("\n"));
}

/** A process that outlives this one, however this one ends, and then removes what the kernel does not remove. */
function guardOf(directory: string, group: string): ChildProcess {
  const groups = CONTROL_GROUPS.map(({ path }) => `'${join(path, group)}'`);
  const script = [
    "trap '' INT TERM HUP",
    "cat",
    // The last processes may still be ending.
    "for i in $(seq 300); do",
    `  rm -rf '${directory}'`,
    `  find ${groups.join(" ")} -depth -type d -delete`,
    `  [ "$(ls -d '${directory}' ${groups.join(" ")})" ] || exit 0`,
    "  sleep 0.1",
    "done",
  ].join("\n");
  const guard = spawn("sh", ["-c", script], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard;
}
