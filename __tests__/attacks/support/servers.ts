import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener, Server as HttpServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server } from "../../../lib/agent/cluster/https";
import type { Tls } from "../../../lib/agent/cluster/tls";
import { thisMachine } from "../../../lib/agent/hosts/local";
import { AgentError } from "../../../lib/base/errors";
import { LIMITS } from "../../../lib/base/limits";
import { openssl } from "../../agent/support/openssl";

/** Many more levels than the agent reads. */
export const LONG = LIMITS.depth * 200;

export const GET = { method: "GET", path: "/" } as const;

export const portOf = (server: { address(): unknown }): number =>
  (server.address() as AddressInfo).port;

/** Servers on this machine, and a folder with certificates for them, which two CAs of the same name signed. */
export class Servers {
  private readonly folder = mkdtempSync(join(tmpdir(), "servers-"));
  private readonly closed: { close(): unknown }[] = [];

  /** Each test of the file starts servers, which end with it. */
  static inEachTest(): Servers {
    const servers = new Servers();
    beforeAll(() => {
      servers.makeAuthority("ours");
      servers.makeAuthority("theirs");
      servers.makeLeaf("good", "ours", "IP:127.0.0.1");
      servers.makeLeaf("foreign", "theirs", "IP:127.0.0.1");
      servers.makeLeaf("elsewhere", "ours", "IP:10.9.9.9");
    });
    afterEach(() => {
      for (const server of servers.closed.splice(0)) server.close();
    });
    afterAll(() => rmSync(servers.folder, { recursive: true, force: true }));
    return servers;
  }

  /** Closes it after the test. */
  add(server: { close(): unknown }): void {
    this.closed.push(server);
  }

  readonly at = (name: string): string => join(this.folder, name);
  readonly read = (name: string): string => readFileSync(this.at(name), "utf8");

  readonly listen = async (server: HttpServer): Promise<number> => {
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    this.add({ close: () => (server.closeAllConnections(), server.close()) });
    return portOf(server);
  };

  readonly tlsServer = (
    name: string,
    answer: RequestListener = (_, response) => response.end("served"),
  ): Promise<number> =>
    this.listen(
      createServer(
        { key: this.read(`${name}.key`), cert: this.read(`${name}.crt`) },
        answer,
      ),
    );

  readonly client = (port: number, tls?: Tls): Server => {
    const server = new Server({
      title: "The API server of cp-1",
      host: thisMachine("cp-1"),
      address: "127.0.0.1",
      port,
      tls,
    });
    this.add(server);
    return server;
  };

  private makeAuthority(name: string): void {
    this.makeCertificate(name, "/CN=kubernetes");
  }

  private makeLeaf(name: string, authority: string, names: string): void {
    this.makeCertificate(
      name,
      `/CN=${name}`,
      "-addext",
      `subjectAltName=${names}`,
      "-addext",
      "basicConstraints=critical,CA:FALSE",
      "-CA",
      this.at(`${authority}.crt`),
      "-CAkey",
      this.at(`${authority}.key`),
    );
  }

  private makeCertificate(
    name: string,
    subject: string,
    ...more: readonly string[]
  ): void {
    const files = [
      "-keyout",
      this.at(`${name}.key`),
      "-out",
      this.at(`${name}.crt`),
    ];
    const key = ["-nodes", "-newkey", "rsa:2048"];
    openssl("req", "-x509", ...key, ...files, "-subj", subject, ...more);
  }
}

/** The error of the agent with which a promise fails. It contains no control characters. */
export async function errorOf(promise: Promise<unknown>): Promise<AgentError> {
  const error = await promise.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AgentError);
  const { message } = error as AgentError;
  // eslint-disable-next-line no-control-regex
  expect(message).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  return error as AgentError;
}
