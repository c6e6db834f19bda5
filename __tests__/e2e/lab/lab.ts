import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { basename, join } from "node:path";
import { binariesOf } from "../binaries";
import { KUBERNETES } from "../cluster";
import { type Machine, Network } from "../machines";
import { say, seconds } from "../say";
import { LAB, RUN } from "./cache";
import { CONTROL_GROUPS, removeControlGroup } from "./control-groups";
import { Host, type HostProps, makeSshKey, type Surroundings } from "./host";
import { hostImage } from "./image";

/** What a lab is made of. */
export interface LabProps {
  readonly hosts: readonly HostProps[];
  /** Names beside those of the hosts that all in the lab know, with their addresses. */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * Whether pods have addresses, in `LAB_POD_SUBNET`, and reach each other. Nodes aren't ready without.
   * @default true
   */
  readonly pods?: boolean;
}

/** Where pods have their addresses. */
export const LAB_POD_SUBNET = "10.244.0.0/16";

/** What kubelets need in the lab. */
export const LAB_KUBELET_CONFIG = {
  cgroupDriver: "cgroupfs",
  failCgroupV1: false,
  failSwapOn: false,
  // The disk is this machine's: how full it is, is nothing that pods could help.
  imageGCHighThresholdPercent: 100,
  evictionHard: {
    "imagefs.available": "0%",
    "nodefs.available": "0%",
    "nodefs.inodesFree": "0%",
  },
};

/** What kube-proxy needs in the lab, where it may not change this machine's limits of connections. */
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
 * Hosts on a link of their own, and a place on it to work from, which is where control planes are deployed from. Nobody
 * else is on the link, so that many labs may have the same addresses at once. All of it is gone when this process has
 * ended, however it ended.
 */
export class Lab {
  readonly hosts: Host[] = [];
  private cables = 0;

  private constructor(
    private readonly network: Network,
    private readonly surroundings: Surroundings,
    private readonly guard: ChildProcess,
  ) {}

  /** A lab whose hosts are up. */
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
    // It leads from the pods of one host to those of another.
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

  /** Where people work: a network and an `/etc` of its own, all else is this machine's. */
  get admin(): Machine {
    return this.surroundings.admin;
  }

  /** The private key of root and of `admin`, who may become root, on all hosts. */
  get sshKey(): string {
    return this.surroundings.sshKey;
  }

  /** The SSH keys of the hosts, as they are now. */
  get knownHosts(): string {
    return join(this.surroundings.directory, "known_hosts");
  }

  /** The folder of the tars that all images of Kubernetes are in: `kube-apiserver.tar`, `pause.tar`, … */
  get images(): string {
    return this.surroundings.image.images;
  }

  host(name: string): Host {
    const host = this.hosts.find((one) => one.name === name);
    if (!host) throw new Error(`the lab has no host ${name}`);
    return host;
  }

  /** One more host. */
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

  /** Gives a host an address, which is taken from whoever has it, as one that hosts share. */
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

/** Root's watches are counted over all hosts together: without enough of them kubelets and containerds do not start. */
function allowInotify(): void {
  if (Number(readFileSync(INOTIFY, "utf8")) < ENOUGH)
    writeFileSync(INOTIFY, `${ENOUGH}`);
}

/** Each host has a part of the pods' addresses that ends as its own address does. */
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

/** A process that outlives this one, however it ends, and then removes what the kernel doesn't. */
function guardOf(directory: string, group: string): ChildProcess {
  const groups = CONTROL_GROUPS.map(({ path }) => `'${join(path, group)}'`);
  const script = [
    "trap '' INT TERM HUP",
    "cat",
    // The last processes may be about to end.
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
