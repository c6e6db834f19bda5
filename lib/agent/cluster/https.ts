import {
  Agent,
  type IncomingMessage,
  request as plainRequest,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { urlHost } from "../../catalog/addresses";
import { AgentError } from "../errors";
import {
  requestRefused,
  serverUnreachable,
  untrustedServer,
  type Refusal,
} from "../errors-cluster";
import { errorCode } from "../files";
import type { Host, Socket } from "../hosts/host";

export interface Tls {
  /**
   * PEM of the authority, and the name or address that the server's certificate is for; absent only for what answers
   * on a host's loopback with a certificate that it made itself.
   */
  readonly trust?: { readonly ca: string; readonly name: string };
  /** PEM. */
  readonly client?: { readonly cert: string; readonly key: string };
}

export interface ServerProps {
  /** For people: `the API server of cp-1`. */
  readonly title: string;
  readonly host: Host;
  /** As the host would connect. */
  readonly address: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: Tls;
}

export interface ServerRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole of it. */
  readonly timeout?: number;
}

const TIMEOUT = 30_000;
/** Connections to one server at once; kept, since each costs a handshake and a channel of SSH. */
export const CONNECTIONS = 8;

/** The connection broke, or there was none: anything else is a matter of trust. */
const BROKEN =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT|ENOTFOUND|EAI_|EAGAIN|ERR_STREAM|HPE_)/;

/**
 * A server that is reached through a host. Bare `node:https`, because the agent is one file that has to start at once,
 * and because a connection goes where {@link Host.reach} says, a socket of an SSH client as well: client libraries
 * can't be told.
 */
export class Server {
  private readonly agent: Agent | TlsAgent;
  private socket?: Promise<Socket>;

  constructor(readonly props: ServerProps) {
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    this.agent = props.tls ? new TlsAgent(options) : new Agent(options);
  }

  /** The JSON of the answer, or its text. Rejects with an `UnreachableError` or a `StatusError`. */
  async request(request: ServerRequest): Promise<unknown> {
    const { title, host, address, port } = this.props;
    this.socket ??= host.reach(address, port);
    let answer: Answer;
    try {
      answer = await this.send(request, await this.socket);
    } catch (error) {
      // The way there may be another one by now.
      this.socket = undefined;
      throw error instanceof AgentError ? error : failure(title, error);
    }
    const { status, body } = answer;
    if (status < 400) return body;
    const line = `${request.method} ${request.path.split("?")[0]}`;
    throw requestRefused(title, line, refusalOf(answer));
  }

  /** Ends its connections. */
  close(): void {
    this.agent.destroy();
  }

  private send(
    {
      method,
      path,
      body,
      contentType,
      headers,
      timeout = TIMEOUT,
    }: ServerRequest,
    socket: Socket,
  ): Promise<Answer> {
    const { address, port, tls } = this.props;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const options = {
      method,
      path,
      agent: this.agent,
      headers: {
        host: `${urlHost(address)}:${port}`,
        accept: "application/json",
        ...(content !== undefined && {
          "content-type": contentType ?? "application/json",
          "content-length": Buffer.byteLength(content),
        }),
        ...headers,
      },
      ...("path" in socket ? { socketPath: socket.path } : socket),
    };
    return new Promise((resolve, reject) => {
      const request = tls
        ? tlsRequest({ ...options, ...tlsOptions(tls) })
        : plainRequest(options);
      const timer = setTimeout(
        () => request.destroy(new TimeOver(timeout)),
        timeout,
      );
      const fail = (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      };
      // More than once, where it breaks while the answer is read.
      request.on("error", fail);
      request.once("response", (response) => {
        read(response).then((answer) => {
          clearTimeout(timer);
          resolve(answer);
        }, fail);
      });
      request.end(content);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter?: number;
}

class TimeOver extends Error {
  readonly code = "ETIMEDOUT";

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
  }
}

function tlsOptions({ trust, client }: Tls): object {
  if (!trust) return { rejectUnauthorized: false, ...client };
  return {
    ca: trust.ca,
    // As Go does: an authority that is trusted need not be a root.
    allowPartialTrustChain: true,
    // The connection may begin at another address than the one that the certificate is for.
    servername: isIP(trust.name) ? "" : trust.name,
    checkServerIdentity: (
      _: string,
      certificate: Parameters<typeof checkServerIdentity>[1],
    ) => checkServerIdentity(trust.name, certificate),
    ...client,
  };
}

function failure(title: string, error: unknown): Error {
  const code = errorCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (!BROKEN.test(code)) return untrustedServer(title, reason);
  const unsent = (error as NodeJS.ErrnoException).syscall === "connect";
  return serverUnreachable(title, reason, unsent);
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = response.headers["content-type"]?.includes("json");
  const seconds = Number(response.headers["retry-after"]);
  return {
    status: response.statusCode!,
    body: isJson ? (JSON.parse(text) as unknown) : text,
    ...(seconds > 0 && { retryAfter: seconds * 1000 }),
  };
}

/** Kubernetes answers with a Status, etcd with an error of gRPC, anything else with text. */
function refusalOf({ status, body, retryAfter }: Answer): Refusal {
  const { message, reason, details } =
    typeof body === "object" && body !== null
      ? (body as { message?: string } & Pick<Refusal, "reason" | "details">)
      : {};
  const said = message ?? (typeof body === "string" ? body.trim() : "");
  return {
    status,
    said: (said || "no reason is given").replace(/\.$/, ""),
    reason,
    details,
    retryAfter,
  };
}
