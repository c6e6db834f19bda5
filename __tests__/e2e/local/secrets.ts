import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { Place } from "./place";

const AT_ONCE = 8;

/** Secrets of a local control plane, which its users read and write while something else goes on. */
export class Secrets {
  /** What failed. */
  readonly failures: string[] = [];
  private readonly agent: Agent;
  private readonly names: string[] = [];
  private users?: Promise<unknown>;
  private isUsed = false;
  /** How often a secret was read or written. */
  uses = 0;

  constructor(
    place: Place,
    private readonly port: number,
  ) {
    const pem = (path: string) => readFileSync(place.store(path));
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: AT_ONCE,
      ca: pem("pki/ca.crt"),
      cert: pem("cert/client.crt"),
      key: pem("cert/client.key"),
    });
  }

  async create(count: number): Promise<void> {
    const first = this.names.length;
    const names = Array.from({ length: count }, (_, i) => `s-${first + i}`);
    const waiting = names.values();
    const worker = async () => {
      for (const name of waiting) {
        await this.send("POST", "", secret(name, "0"));
        this.names.push(name);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** Reads each secret once, and fails if one cannot be read or has another content. */
  async readAll(): Promise<void> {
    const waiting = this.names.values();
    const worker = async () => {
      for (const name of waiting) await this.read(name);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** From now on, users create, read and write secrets, until {@link rest}. */
  use(): void {
    this.isUsed = true;
    const user = async (number: number) => {
      for (let i = number; this.isUsed; i += 97) {
        const name = this.names[i % this.names.length];
        try {
          const version = await this.read(name);
          const next = secret(name, String(i));
          await this.send("PUT", `/${name}`, {
            ...next,
            metadata: { ...next.metadata, resourceVersion: version },
          });
          const fresh = `u-${number}-${i}`;
          await this.send("POST", "", secret(fresh, "0"));
          this.names.push(fresh);
          this.uses += 3;
        } catch (error) {
          // Another user, or the rollout, was faster.
          if (!/^409/.test((error as Error).message))
            this.failures.push(`${name}: ${(error as Error).message}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    this.users = Promise.all([1, 2, 3].map(user));
  }

  async rest(): Promise<void> {
    this.isUsed = false;
    await this.users;
  }

  get count(): number {
    return this.names.length;
  }

  /** The version of a secret, if it can be read. */
  private async read(name: string): Promise<string> {
    const { metadata, data } = JSON.parse(
      await this.send("GET", `/${name}`),
    ) as {
      metadata: { resourceVersion: string };
      data: { name: string };
    };
    if (Buffer.from(data.name, "base64").toString() !== name)
      throw new Error("it has another content");
    return metadata.resourceVersion;
  }

  private send(method: string, path: string, body?: object): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          host: "127.0.0.1",
          port: this.port,
          method,
          path: `/api/v1/namespaces/default/secrets${path}`,
          headers: { "content-type": "application/json" },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on("data", (piece: Buffer) => pieces.push(piece));
          answer.on("end", () => {
            const text = Buffer.concat(pieces).toString();
            if (answer.statusCode! < 300) resolve(text);
            else reject(new Error(`${answer.statusCode} ${text}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}

const secret = (name: string, turn: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "default" },
  stringData: { name, turn },
});

/** How many values of secrets in etcd begin with what: `generation-1`, or `plain`. */
export async function keysOf(
  place: Place,
  clientPort: number,
): Promise<Record<string, number>> {
  const text = await place.output(
    place.path("bin/etcdctl"),
    `--endpoints=http://127.0.0.1:${clientPort}`,
    "get",
    "/registry/secrets/",
    "--prefix",
    "--write-out=json",
  );
  const { kvs = [] } = JSON.parse(text) as { kvs?: { value: string }[] };
  const counts: Record<string, number> = {};
  for (const { value } of kvs) {
    const begin = Buffer.from(value, "base64").toString("latin1", 0, 80);
    const key = /^k8s:enc:(\w+:v1:[^:]+):/.exec(begin)?.[1] ?? "plain";
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
