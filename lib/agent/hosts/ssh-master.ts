import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { Tail } from "../../base/limits";
import { makeTemporaryFolder, temporaryParent } from "../../base/temporary";
import { killGroup, startChild } from "./child";
import SSH_MASTER from "./scripts/ssh-master.sh";

/** Milliseconds in which ssh has to end. */
const GRACE = 2_000;
/** The path of a socket may have 108 bytes on Linux and 104 on macOS, and ssh adds 17 while it creates one. */
const LONGEST_FOLDER = 60;

/** The SSH connection to a host that all commands share. It ends with this process at the latest. */
export class Master {
  /** Its own folder, which it removes at the end. */
  readonly folder: string;
  /** The control socket in that folder. */
  readonly socket: string;
  /** Resolves when the connection has ended for any reason. */
  readonly ended: Promise<void>;
  private readonly exited: Promise<unknown>;
  private readonly child: ChildProcess;
  private readonly errors = new Tail();

  constructor(
    { folder, socket }: { readonly folder: string; readonly socket: string },
    sshArguments: readonly string[],
  ) {
    this.folder = folder;
    this.socket = socket;
    this.child = startChild(
      ["/bin/sh", "-c", SSH_MASTER, "sh", folder, "ssh", ...sshArguments],
      "pipe",
    );
    this.child.stdin?.on("error", () => undefined);
    this.child.stderr?.on("data", (chunk: Buffer) => this.errors.add(chunk));
    this.exited = new Promise((resolve) => {
      this.child.once("close", resolve);
      this.child.once("error", resolve);
    });
    this.ended = Promise.race([
      this.exited.then(() => undefined),
      new Promise<void>((resolve) => this.child.stderr?.once("end", resolve)),
    ]);
  }

  /** The messages of ssh: at first those of connecting, and later those since it was ready. */
  get said(): string {
    return this.errors.toString();
  }

  /** Waits until the connection is ready. `false` if ssh ended first, or after `timeout` milliseconds. */
  async isReady(timeout: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const ready = await Promise.race([
      new Promise<boolean>((resolve) =>
        this.child.stdout?.once("data", () => resolve(true)),
      ),
      this.ended.then(() => false),
      new Promise<boolean>((resolve) => {
        timer = setTimeout(() => {
          this.errors.add("Connection timed out\n");
          resolve(false);
        }, timeout);
      }),
    ]);
    clearTimeout(timer);
    if (ready) this.errors.clear();
    return ready;
  }

  async stop(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => killGroup(this.child, "SIGKILL"), GRACE);
    await this.exited;
    clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Creates a folder with a short path that only this user can enter. */
export function makeSocketFolder(): string {
  const parent = temporaryParent();
  return makeTemporaryFolder(
    "cp-",
    parent.length > LONGEST_FOLDER ? "/tmp" : parent,
  );
}
