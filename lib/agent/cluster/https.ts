import {
  Agent,
  type IncomingMessage,
  request as plainRequest,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { urlHost } from "../../catalog/addresses";
import { AgentError } from "../../base/errors";
import {
  requestRefused,
  serverUnreachable,
  unexpectedServerAnswer,
  untrustedServer,
  type Refusal,
} from "./errors";
import { errorCode } from "../../base/files";
import type { Host, Socket } from "../hosts/host";
import { LIMITS, shownBytes } from "../../base/limits";
import {
  anything,
  attempt,
  fields,
  list,
  Mismatch,
  optional,
  readJson,
  type Shape,
  text,
} from "../../base/shape";

export interface Tls {
  /**
   * The CA in PEM, and the name or address in the server's certificate. Absent only for a component that answers on a
   * host's loopback with a certificate that it made itself.
   */
  readonly trust?: { readonly ca: string; readonly name: string };
  /** The client certificate and key in PEM. */
  readonly client?: { readonly cert: string; readonly key: string };
}

export interface ServerProps {
  /** The title for messages: `The API server of cp-1`. */
  readonly title: string;
  readonly host: Host;
  /** The address to which the host connects. */
  readonly address: string;
  readonly port: number;
  /** @default - plain HTTP */
  readonly tls?: Tls;
}

export interface ServerRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole request. @default 30000 */
  readonly timeout?: number;
  /**
   * The maximal size of the answer in bytes.
   * @default LIMITS.apiAnswer
   */
  readonly limit?: number;
}

const TIMEOUT = 30_000;
/** Parallel connections to one server. They are kept open, because each costs a handshake and an SSH channel. */
export const CONNECTIONS = 8;

/** Error codes for a connection that broke or failed. Any other error means that the server is not trusted. */
const BROKEN =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT|ENOTFOUND|EAI_|EAGAIN|ERR_STREAM|HPE_)/;

/**
 * A server that is reached through a host. It uses `node:https` directly, because the agent is one file that must start
 * quickly, and because a connection goes to the socket from {@link Host.reach}, such as one of an SSH client: client
 * libraries do not support that.
 */
export class Server {
  private readonly agent: Agent | TlsAgent;
  private socket?: Promise<Socket>;

  constructor(readonly props: ServerProps) {
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    this.agent = props.tls ? new TlsAgent(options) : new Agent(options);
  }

  /** The answer, checked for its shape. Rejects like {@link request}, and if the answer has another shape. */
  async ask<T>(request: ServerRequest, shape: Shape<T>): Promise<T> {
    const body = await this.request(request);
    return this.expected(request, () => shape(body));
  }

  /** The JSON of the answer, or its text. Rejects with an `UnreachableError` or a `StatusError`. */
  async request(request: ServerRequest): Promise<unknown> {
    const { title, host, address, port } = this.props;
    this.socket ??= host.reach(address, port);
    let answer: Answer;
    try {
      answer = await this.send(request, await this.socket);
    } catch (error) {
      // The next request needs a new socket.
      this.socket = undefined;
      throw error instanceof AgentError ? error : failure(title, error);
    }
    // Redirects are not followed: the request was not fulfilled.
    if (answer.status < 300)
      return this.expected(request, () => bodyOf(answer));
    throw requestRefused(title, lineOf(request), refusalOf(answer));
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }

  private expected<T>(request: ServerRequest, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      const { title } = this.props;
      throw unexpectedServerAnswer(title, lineOf(request), error.message);
    }
  }

  private send(request: ServerRequest, socket: Socket): Promise<Answer> {
    const { method, path, body, contentType, headers } = request;
    const { timeout = TIMEOUT, limit = LIMITS.apiAnswer } = request;
    const { title, address, port, tls } = this.props;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const options = {
      method,
      path,
      agent: this.agent,
      // Set here, so that Node's own limits in the environment (NODE_OPTIONS) have no effect.
      maxHeaderSize: LIMITS.headers,
      insecureHTTPParser: false,
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
      const sent = tls
        ? tlsRequest({ ...options, ...tlsOptions(tls) })
        : plainRequest(options);
      const timer = setTimeout(
        () => sent.destroy(new RequestTimeout(timeout)),
        timeout,
      );
      const fail = (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      };
      // `on`, because there may be several errors if the connection breaks while the answer is read.
      sent.on("error", fail);
      // Without this, there would be neither an answer nor an error.
      sent.once("upgrade", (_, socket) => {
        socket.destroy();
        const reason = "it switches to another protocol without being asked";
        fail(unexpectedServerAnswer(title, lineOf(request), reason));
      });
      sent.once("response", (response) => {
        read(response, limit).then((answer) => {
          clearTimeout(timer);
          if (answer) return resolve(answer);
          sent.destroy();
          const reason = `it has more than ${shownBytes(limit)}`;
          reject(unexpectedServerAnswer(title, lineOf(request), reason));
        }, fail);
      });
      sent.end(content);
    });
  }
}

const lineOf = ({ method, path }: ServerRequest): string =>
  `${method} ${path.split("?")[0]}`;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly isJson: boolean;
  readonly retryAfter?: number;
}

class RequestTimeout extends Error {
  readonly code = "ETIMEDOUT";

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
  }
}

function tlsOptions({ trust, client }: Tls): ConnectionOptions {
  const options = { minVersion: "TLSv1.2" as const, ...client };
  if (!trust) return { ...options, rejectUnauthorized: false };
  // Without a certificate, Node would trust all CAs that the system trusts.
  if (!/-----BEGIN CERTIFICATE-----/.test(trust.ca))
    throw new Error("the store has no certificate of its CA");
  return {
    ...options,
    ca: trust.ca,
    // As in Go, a trusted CA need not be a root.
    allowPartialTrustChain: true,
    // Set here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment has no effect.
    rejectUnauthorized: true,
    // The connection goes to a forwarded socket, not to the address in the certificate.
    servername: isIP(trust.name) ? "" : trust.name,
    checkServerIdentity: (
      _: string,
      certificate: Parameters<typeof checkServerIdentity>[1],
    ) => checkServerIdentity(trust.name, certificate),
  };
}

function failure(title: string, error: unknown): Error {
  const code = errorCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (!BROKEN.test(code)) return untrustedServer(title, reason);
  const unsent = (error as NodeJS.ErrnoException).syscall === "connect";
  return serverUnreachable(title, reason, unsent);
}

/** Reads an answer; `undefined` if it is larger than the limit. */
async function read(
  response: IncomingMessage,
  limit: number,
): Promise<Answer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > limit) return undefined;
    chunks.push(bytes);
  }
  const seconds = Number(response.headers["retry-after"]);
  return {
    status: response.statusCode!,
    text: Buffer.concat(chunks).toString(),
    isJson: response.headers["content-type"]?.includes("json") ?? false,
    ...(seconds > 0 && { retryAfter: seconds * 1000 }),
  };
}

const bodyOf = ({ text, isJson }: Answer): unknown =>
  isJson ? readJson(text, anything) : text;

const REFUSAL = fields({
  message: optional(text),
  reason: optional(text),
  details: optional(
    fields({
      kind: optional(text),
      name: optional(text),
      causes: optional(
        list(fields({ field: optional(text), message: optional(text) })),
      ),
    }),
  ),
});

/** Kubernetes answers with a Status, etcd with a gRPC error, other servers with text. */
function refusalOf(answer: Answer): Refusal {
  const { status, retryAfter } = answer;
  const { message, reason, details } =
    attempt(() => REFUSAL(bodyOf(answer))) ?? {};
  const said = message ?? (answer.isJson ? "" : answer.text.trim());
  return {
    status,
    said: (said || "it gives no reason").replace(/\.$/, ""),
    reason,
    details,
    retryAfter,
  };
}
