import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { RequestListener, Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Host } from "../../../lib/agent/hosts/host";
import { AgentError } from "../../../lib/base/errors";
import { type Change, changed, changeOf } from "./bytes";
import { type Honest, httpAnswer } from "./server";

/** How one answer of a server differs from an honest one. Data only, so that fast-check can print it. */
export interface Oddity {
  readonly asks: string;
  /** Which answer is odd; all of them if it is 0. */
  readonly nth: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Changes of the body, and of the whole answer. */
  readonly body: readonly Change[];
  readonly whole: readonly Change[];
}

export const oddityOf = (asks: readonly string[]): fc.Arbitrary<Oddity> =>
  fc.record(
    {
      asks: fc.constantFrom(...asks),
      nth: fc.nat(4),
      status: fc.constantFrom(
        200,
        200,
        200,
        200,
        201,
        204,
        302,
        401,
        404,
        409,
        422,
        429,
        500,
        503,
        999,
      ),
      headers: fc.constantFrom<Record<string, string>>(
        { "content-type": "application/json" },
        { "content-type": "application/json" },
        { "content-type": "application/json", "retry-after": "1" },
        { "content-type": "application/json", "retry-after": "1e308" },
        { "content-type": "text/plain" },
        {},
        { "content-type": "application/json", "transfer-encoding": "chunked" },
        { "content-type": "application/json", "content-encoding": "gzip" },
      ),
      body: fc.array(changeOf(), { maxLength: 2 }),
      whole: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        {
          weight: 1,
          arbitrary: fc.array(changeOf(), { minLength: 1, maxLength: 1 }),
        },
      ),
    },
    { noNullPrototype: true },
  );

/** Servers on sockets that answer honestly, but for the oddity that is asked about at the moment. */
export class OddServers {
  private readonly folder = mkdtempSync(join(tmpdir(), "servers-"));
  private readonly servers: HttpServer[] = [];
  private odd: Oddity | undefined;
  private asked = 0;

  answering(honest: Honest): RequestListener {
    return (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(
          Buffer.concat(chunks).toString() || "{}",
        ) as Record<string, unknown>;
        const text = JSON.stringify(
          honest(request.method ?? "", request.url ?? "", body),
        );
        const { odd } = this;
        if (!odd || (odd.nth !== 0 && odd.nth !== ++this.asked))
          return response
            .writeHead(200, { "content-type": "application/json" })
            .end(text);
        const answer = odd.body.reduce(changed, Buffer.from(text));
        const whole = httpAnswer(odd.status, odd.headers, answer);
        return request.socket.end(odd.whole.reduce(changed, whole));
      });
    };
  }

  /** The host on which a server listens. */
  async listening(name: string, server: HttpServer): Promise<Host> {
    const path = join(this.folder, name);
    server.on("clientError", () => undefined);
    server.listen(path);
    await once(server, "listening");
    this.servers.push(server);
    return {
      name: "cp-1",
      run: () =>
        Promise.resolve({ exitCode: 0, stdout: Buffer.alloc(0), stderr: "" }),
      reach: () => Promise.resolve({ path }),
      close: () => Promise.resolve(),
    };
  }

  /** Asks while some answers are odd. */
  async endsWell(
    oddity: Oddity | undefined,
    ask: () => unknown,
  ): Promise<void> {
    this.odd = oddity;
    this.asked = 0;
    try {
      await ask();
    } catch (error) {
      if (!oddity || !(error instanceof AgentError)) throw error;
      expect(error.message).toMatch(/[.:]/);
    }
  }

  end(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.folder, { recursive: true });
  }
}
