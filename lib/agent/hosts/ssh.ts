import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  forwardingRefused,
  lostConnection,
  refusedBySsh,
  type HostError,
  type Target,
} from "./errors";
import { urlHost } from "../../catalog/addresses";
import { runChild, type ChildResult } from "./child";
import { checkChildResult } from "./child-result";
import type { Connection } from "./connection";
import type { Outcome, RunOptions, Socket } from "./host";
import { Sessions } from "./sessions";
import { loginCommandLine, readOutput } from "./shell";
import { lastLine } from "./ssh-failure";
import type { Master } from "./ssh-master";
import { channelArguments } from "./ssh-options";

/** The default of sshd's MaxSessions is 10. */
const SESSIONS = 8;
/** Milliseconds to wait for the connection's own end after a command has failed. */
const MOMENT = 1_000;
/** The exit code of ssh for its own failures. */
const SSH_FAILED = 255;

/** One SSH connection. Scripts and forwarded ports are channels of it. */
export class SshConnection implements Connection {
  private readonly sessions = new Sessions(SESSIONS);
  private readonly forwards = new Map<string, Promise<Socket>>();
  private forwarded = 0;
  private gone = false;

  /** @param master a connection that is ready */
  constructor(
    private readonly target: Target,
    private readonly master: Master,
  ) {
    void master.ended.then(() => (this.gone = true));
  }

  async execute(
    words: readonly string[],
    options: Omit<RunOptions, "args"> = {},
  ): Promise<Outcome> {
    for (;;) {
      const outcome = await this.sessions.use(() =>
        this.attempt(words, options),
      );
      if (outcome !== "refused") return outcome;
    }
  }

  /** `refused` if the host allows no more sessions. Then nothing has run, so it can be tried again. */
  private async attempt(
    words: readonly string[],
    options: Omit<RunOptions, "args">,
  ): Promise<Outcome | "refused"> {
    const ended = await this.channel(
      [this.target.node, loginCommandLine(words)],
      options,
    );
    checkChildResult(this.target, ended, options);
    const { exitCode } = ended;
    const { stdout, stderr, own255, begun } = readOutput(ended);
    if (exitCode !== undefined && (exitCode !== SSH_FAILED || own255))
      return { exitCode, stdout, stderr, begun };
    if (!this.gone && /Session open refused by peer/.test(stderr)) {
      // A stream cannot be sent again, because a part of it has been read.
      const isRepeatable =
        options.input === undefined || Buffer.isBuffer(options.input);
      if (this.sessions.lowerLimit() && isRepeatable) return "refused";
      throw refusedBySsh(this.target, lastLine(stderr));
    }
    throw await this.lost(stderr);
  }

  reach(host: string, port: number): Promise<Socket> {
    const refused = /^.*open failed: administratively prohibited.*$/m.exec(
      this.master.said,
    );
    if (refused)
      return Promise.reject(forwardingRefused(this.target, refused[0]));
    const key = `${host} ${port}`;
    const known = this.forwards.get(key);
    if (known) return known;
    const path = join(this.master.folder, `f${this.forwarded++}`);
    const made = this.forward(path, host, port);
    this.forwards.set(key, made);
    made.catch(() => this.forwards.delete(key));
    return made;
  }

  private async forward(
    path: string,
    host: string,
    port: number,
  ): Promise<Socket> {
    const destination = `${urlHost(host)}:${port}`;
    const { exitCode, stderr } = await this.channel([
      "-O",
      "forward",
      "-L",
      `${path}:${destination}`,
      this.target.node,
    ]);
    if (exitCode !== 0) throw await this.lost(stderr);
    return { path };
  }

  private async channel(
    words: readonly string[],
    options: Omit<RunOptions, "args"> = {},
  ): Promise<ChildResult> {
    if (this.gone) throw await this.lost("");
    return runChild(
      ["ssh", ...channelArguments(this.master.socket), ...words],
      options,
    );
  }

  /** Why a channel ended: with the whole connection, whose messages come a moment later, or alone. */
  private async lost(stderr: string): Promise<HostError> {
    const timer = new AbortController();
    await Promise.race([
      this.master.ended,
      delay(MOMENT, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
    return lostConnection(
      this.target,
      this.gone
        ? reasonOf(this.master.said)
        : reasonOf(stderr) || "the command on the host was killed",
    );
  }

  async close(): Promise<void> {
    this.gone = true;
    await this.master.stop();
  }
}

/** Messages about forwarded ports without a listener are not the reason. */
const reasonOf = (said: string): string =>
  lastLine(said.replace(/^channel \d+: open failed.*$/gm, ""));
