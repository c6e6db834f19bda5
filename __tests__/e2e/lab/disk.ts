import { randomBytes } from "node:crypto";
import {
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./shell";
import type { HostProps, Surroundings } from "./surroundings";

/** The user who may use sudo on a host. Like root, the user logs in with the lab's key. */
export const USER = { name: "admin", id: 1000 };

/** The disk of a host: a layer over the shared image, and the store of containerd. */
export class Disk {
  constructor(
    private readonly props: HostProps,
    private readonly lab: Surroundings,
  ) {}

  get directory(): string {
    return join(this.lab.directory, this.props.name);
  }

  /** The public key of its SSH server. */
  get key(): string {
    const file = this.path("etc/ssh/ssh_host_ed25519_key.pub");
    return readFileSync(file, "utf8").split(" ").slice(0, 2).join(" ");
  }

  get runsContainers(): boolean {
    return this.props.containerd !== false;
  }

  /** Creates a new disk with the files that differ from the image. */
  install(): void {
    const { props, lab } = this;
    const { address, name } = props;
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

  /** The path on this machine of a file that was written on the host. */
  private path(file: string): string {
    return join(this.directory, "disk", file);
  }

  private makeKey(): void {
    const file = this.path("etc/ssh/ssh_host_ed25519_key");
    mkdirSync(dirname(file), { recursive: true });
    makeSshKey(file, this.props.name);
  }

  private write(file: string, content: string | Buffer): void {
    const path = this.path(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

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
