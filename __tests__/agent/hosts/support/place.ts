import { readdirSync, readFileSync } from "node:fs";
import { SYSTEM_CLOCK } from "../../../../lib/base/clock";
import { HostError } from "../../../../lib/agent/hosts/errors";
import { connect } from "../../../../lib/agent/hosts/connect";
import type { Host } from "../../../../lib/agent/hosts/host";
import type { NodeRequest } from "../../../../lib/request/request";
import type { SshRequest } from "../../../../lib/request/access";
import { until } from "./sshd";

/** The command lines of running processes that contain a text. */
export const running = (text: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
      } catch {
        return [];
      }
    })
    .map((line) => line.replace(/\0/g, " "))
    .filter((line) => line.includes(text));

interface Connecting {
  readonly name: string;
  readonly say: (line: string) => void;
}

/** The connections of one test file, and the lines that they printed. */
export class Connections {
  readonly said: string[] = [];
  private readonly hosts: Host[] = [];

  constructor(readonly knownHosts: string) {}

  /** A connection that the test closes itself. */
  connect(
    access: NodeRequest["access"],
    { name = "cp-1", say = () => undefined }: Partial<Connecting> = {},
  ): Promise<Host> {
    const { knownHosts } = this;
    return connect({ name, access }, { knownHosts, clock: SYSTEM_CLOCK, say });
  }

  async open(access: SshRequest, name = "cp-1"): Promise<Host> {
    const say = (line: string) => this.said.push(line);
    const host = await this.connect(access, { name, say });
    this.hosts.push(host);
    return host;
  }

  /** The content of the file of the accepted host keys. */
  get known(): string {
    return readFileSync(this.knownHosts, "utf8");
  }

  /** The error of a connection that fails. */
  async refused(access: SshRequest, name = "cp-1"): Promise<HostError> {
    return hostError(this.open(access, name));
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.splice(0).map((host) => host.close()));
  }
}

export async function hostError(promise: Promise<unknown>): Promise<HostError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HostError);
  return error as HostError;
}

/** Waits until no process with this text in its command line is running. */
export const ended = (text: string): Promise<void> =>
  until(() => running(text).length === 0, `still running: ${running(text)}`);

export const whoami = async (host: Host): Promise<string> =>
  (await host.run("id -un")).stdout.toString();
