import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { EtcdMaintenance } from "../../../lib/agent/cluster/etcd-maintenance";
import { Server } from "../../../lib/agent/cluster/https";
import { EtcdMembers } from "../../../lib/agent/rollout/members";
import { thisMachine } from "../../../lib/agent/hosts/local";
import type { NodeRequest } from "../../../lib/request/request";
import { inventoryFile } from "../../../lib/store/bookkeeping";
import { Store } from "../../../lib/store/store";
import { nodeRequest } from "../../agent/support/rollout";
import { binariesOf, KUBERNETES } from "../binaries";
import { REPOSITORY } from "../cluster";
import type { Outcome } from "../local/place";
import { removeAtTheEnd } from "../machines";
import { until } from "../say";

const CLIENT_PORT = 23790;
const PEER_PORT = 23800;
/** Bytes. It is full after a few seconds of writing. */
const QUOTA = 16 * 1024 ** 2;
/** Bytes of a value. */
const LARGE = 100_000;

export const NAMES = ["cp-1", "cp-2", "cp-3"];
const addressOf = (name: string): string => `127.0.0.${name.at(-1)}`;

const base64 = (text: string | Buffer): string =>
  Buffer.from(text).toString("base64");

/** Three members of etcd on this machine, each with its own loopback address, and a store that knows them. */
export class Members {
  readonly directory = mkdtempSync(join(tmpdir(), "e2e-etcd-"));
  readonly store = new Store(join(this.directory, "clusters/care"));
  private readonly running = new Map<string, ChildProcess>();

  constructor() {
    removeAtTheEnd(this.directory);
  }

  async start(): Promise<void> {
    this.store.open();
    await this.store.write(
      [
        inventoryFile({
          stack: "care",
          clusterName: "care",
          kubernetesVersion: KUBERNETES.text,
          etcd: {
            dataDir: "/var/lib/etcd",
            certificatesDir: "/etc/kubernetes/pki/etcd",
            clientPort: CLIENT_PORT,
            peerPort: PEER_PORT,
            tls: false,
          },
          nodes: Object.fromEntries(
            NAMES.map((name) => [
              name,
              { ...nodeOf(name, this.directory), tree: "delivered" },
            ]),
          ),
        }),
      ],
      "test-1",
    );
    for (const name of NAMES) this.startMember(name);
    await until("all members healthy", 30, () => this.isHealthy());
  }

  startMember(name: string): void {
    const command = commandOf(name, this.directory);
    const log = openSync(join(this.directory, `${name}.log`), "a");
    const child = spawn("setpriv", ["--pdeathsig", "KILL", ...command], {
      stdio: ["ignore", log, log],
      env: {
        PATH: `${binariesOf(KUBERNETES, () => {})}:${process.env.PATH}`,
      },
    });
    closeSync(log);
    this.running.set(name, child);
  }

  async stopMember(name: string): Promise<void> {
    const child = this.running.get(name)!;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  client(name: string): EtcdMaintenance {
    const server = new Server({
      title: `etcd of ${name}`,
      host: thisMachine(name),
      address: addressOf(name),
      port: CLIENT_PORT,
    });
    return new EtcdMaintenance(server, SYSTEM_CLOCK);
  }

  async isHealthy(): Promise<boolean> {
    const problems = await Promise.all(
      NAMES.map((name) => this.client(name).problem()),
    );
    return problems.every((problem) => problem === undefined);
  }

  /** Puts a key through a member, and returns the error, if there is one. */
  async put(
    name: string,
    key: string,
    value: string | Buffer,
  ): Promise<string | undefined> {
    const body = { key: base64(key), value: base64(value) };
    const { status, text } = await this.post(name, "/v3/kv/put", body);
    return status === 200 ? undefined : text;
  }

  /** Overwrites some large keys until a write is refused. Returns the reason. */
  async fill(): Promise<string> {
    for (let at = 0; ; at++) {
      const value = Buffer.alloc(LARGE, at);
      const refused = await this.put("cp-1", `large-${at % 20}`, value);
      if (refused !== undefined) return refused;
    }
  }

  /** The values of all keys with a prefix, as the majority has them. */
  async values(prefix: string): Promise<Map<string, string>> {
    const end = `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
    const body = { key: base64(prefix), range_end: base64(end) };
    const { text } = await this.post("cp-1", "/v3/kv/range", body);
    const { kvs = [] } = JSON.parse(text) as {
      kvs?: { key: string; value: string }[];
    };
    const plain = (each: string) => Buffer.from(each, "base64").toString();
    return new Map(kvs.map(({ key, value }) => [plain(key), plain(value)]));
  }

  /** The members that a rollout counts as healthy. */
  async healthyForRollouts(): Promise<readonly string[]> {
    const nodes = NAMES.map((name) => ({
      name,
      host: thisMachine(name),
      request: nodeOf(name, this.directory),
    }));
    const { etcd } = this.store.inventory()!;
    const work = { store: this.store, clock: SYSTEM_CLOCK };
    const members = new EtcdMembers(etcd!, work, nodes);
    return (await members.view(await members.agreedMembers())).healthy;
  }

  /** A request that has to succeed. */
  async ask(name: string, path: string, body: unknown): Promise<void> {
    const { status, text } = await this.post(name, path, body);
    if (status !== 200) throw new Error(text);
  }

  private async post(
    name: string,
    path: string,
    body: unknown,
  ): Promise<{ status: number; text: string }> {
    const url = `http://${addressOf(name)}:${CLIENT_PORT}${path}`;
    const answer = await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** Runs the command line in the folder of the store. */
  run(...words: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        cli(words),
        this.options(),
        (error, stdout, stderr) =>
          resolve({
            exitCode: error ? Number(error.code ?? 1) : 0,
            stdout,
            stderr,
          }),
      );
    });
  }

  /** Starts the command line without waiting, and in a process group of its own. */
  begin(...words: string[]): ChildProcess {
    return spawn(process.execPath, cli(words), {
      ...this.options(),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  private options() {
    return { cwd: this.directory, env: { ...process.env, COLUMNS: "200" } };
  }

  end(): void {
    for (const child of this.running.values()) child.kill("SIGKILL");
  }
}

const cli = (words: readonly string[]): string[] => [
  join(REPOSITORY, "dist/control-plane.cjs"),
  ...words,
];

function commandOf(name: string, directory: string): string[] {
  const url = (at: string, port: number) => `http://${addressOf(at)}:${port}`;
  const flags = {
    name,
    "data-dir": join(directory, name),
    "listen-client-urls": url(name, CLIENT_PORT),
    "advertise-client-urls": url(name, CLIENT_PORT),
    "listen-peer-urls": url(name, PEER_PORT),
    "initial-advertise-peer-urls": url(name, PEER_PORT),
    "initial-cluster": NAMES.map(
      (each) => `${each}=${url(each, PEER_PORT)}`,
    ).join(","),
    "quota-backend-bytes": String(QUOTA),
  };
  return [
    "etcd",
    ...Object.entries(flags).map(([flag, to]) => `--${flag}=${to}`),
  ];
}

/** A node whose etcd is a process of this machine, as those of a local control plane are. */
const nodeOf = (name: string, directory: string): NodeRequest => ({
  ...nodeRequest(name, addressOf(name)),
  access: { kind: "local", sudo: false },
  components: [
    {
      name: "etcd",
      command: commandOf(name, directory),
      ports: [CLIENT_PORT],
      timeout: 30,
    },
  ],
});
