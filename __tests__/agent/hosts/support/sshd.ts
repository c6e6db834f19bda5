import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshRequest } from "../../../../lib/request/access";

/** A folder that everybody may enter: sshd requires this for authorized_keys, and other users need it. */
export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "sshd-"));
  chmodSync(folder, 0o755);
  return folder;
};

/** Makes a key pair and returns its public key. */
export function makeKey(
  file: string,
  { type = "ed25519", passphrase = "" } = {},
): string {
  rmSync(file, { force: true });
  execFileSync("ssh-keygen", [
    "-q",
    "-t",
    type,
    "-N",
    passphrase,
    "-C",
    "",
    "-f",
    file,
  ]);
  return readFileSync(`${file}.pub`, "utf8").trim();
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

export interface SshdOptions {
  readonly port?: number;
  /** Lines of sshd_config. They come first, so they take precedence. */
  readonly config?: readonly string[];
  /** Another server whose user key this one accepts as well. */
  readonly like?: Sshd;
}

/** A real OpenSSH server on the loopback, with a key for the user of the tests. */
export class Sshd {
  private process?: ChildProcess;
  hostKey: string;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly config: readonly string[],
    readonly identityFile: string,
  ) {
    this.hostKey = makeKey(this.hostKeyFile);
    writeFileSync(
      join(folder, "authorized_keys"),
      readFileSync(`${this.identityFile}.pub`),
    );
  }

  /** Makes a server without starting it. */
  static async make({ port, config, like }: SshdOptions = {}): Promise<Sshd> {
    const folder = makeFolder();
    const identityFile = like?.identityFile ?? join(folder, "id");
    if (!like) makeKey(identityFile);
    return new Sshd(
      folder,
      port ?? (await freePort()),
      config ?? [],
      identityFile,
    );
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const sshd = await Sshd.make(options);
    await sshd.start();
    return sshd;
  }

  private get hostKeyFile(): string {
    return join(this.folder, "host_key");
  }

  /** All sessions are children of this process, so their process ids can be found. */
  get pid(): number {
    return this.process?.pid ?? 0;
  }

  changeHostKey(type?: string): void {
    this.hostKey = makeKey(this.hostKeyFile, { type });
  }

  async start(): Promise<void> {
    // A folder that sshd needs. Usually it is created when a system starts its own sshd.
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const file = join(this.folder, "sshd_config");
    writeFileSync(
      file,
      [
        ...this.config,
        `Port ${this.port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${this.hostKeyFile}`,
        `AuthorizedKeysFile ${join(this.folder, "authorized_keys")}`,
        "PidFile none",
        "PermitRootLogin prohibit-password",
        "PasswordAuthentication no",
        "UsePAM no",
        // Everybody may write to the temporary folder.
        "StrictModes no",
        // Root's bash runs slow scripts at each login. With SHLVL=2 it does not take this for a login.
        "SetEnv SHLVL=2",
        "",
      ].join("\n"),
    );
    this.process = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", file], {
      stdio: "ignore",
    });
    await listening(this.port);
  }

  /** Stops it with all its sessions, as when the machine goes down. */
  async stop(): Promise<void> {
    const { process } = this;
    if (process === undefined) return;
    this.process = undefined;
    const exited = new Promise((resolve) => process.once("exit", resolve));
    killTree(process.pid ?? 0);
    await exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  access(given: Partial<SshRequest> = {}): SshRequest {
    return {
      kind: "ssh",
      host: "127.0.0.1",
      port: this.port,
      identityFile: this.identityFile,
      sudo: false,
      connectTimeout: 0,
      ...given,
    };
  }
}

/** The sshd processes below a process, without the programs in their sessions. */
export function sessionsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) =>
    commandOf(child) === "sshd" ? [child, ...sessionsOf(child)] : [],
  );
}

function killTree(pid: number): void {
  const sessions = sessionsOf(pid);
  for (const each of [pid, ...sessions]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
};

const listening = (port: number): Promise<void> =>
  until(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("connect", () => resolve(true));
        socket.once("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      }),
    `nothing listens at ${port}`,
  );

/** Waits until a condition is true. Throws `otherwise` after 10 s. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  otherwise: string,
): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(otherwise);
}
