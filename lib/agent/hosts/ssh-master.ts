import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tail } from "../../base/limits";
import { killGroup, startChild } from "./child";
import SSH_MASTER from "./scripts/ssh-master.sh";

/** Milliseconds that ssh has to say goodbye. */
const GOODBYE = 2_000;
/** Of a socket's path Linux allows 108 bytes and macOS 104, and ssh adds 17 while it makes one. */
const LONGEST_FOLDER = 60;

/** The connection that all others to a host share. It lives as long as this process, at most. */
export class Master {
  /** Of its own, that it removes. */
  readonly folder: string;
  /** The control socket, in it. */
  readonly socket: string;
  /** Resolves when the connection is gone, whoever ended it. */
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

  /** What ssh said; when it is ready, what it said since. */
  get said(): string {
    return this.errors.toString();
  }

  /** Whether it stands; `false` where it ended first, or wasn't ready in so many milliseconds. */
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
    const timer = setTimeout(() => killGroup(this.child, "SIGKILL"), GOODBYE);
    await this.exited;
    clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Where sockets have short paths, and only this user gets in. */
export function makeSocketFolder(): string {
  const parent = tmpdir().length > LONGEST_FOLDER ? "/tmp" : tmpdir();
  return mkdtempSync(join(parent, "cp-"));
}
