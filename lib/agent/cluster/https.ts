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
  strangeServerAnswer,
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
  /**
   * Bytes that the answer may have.
   * @default LIMITS.apiAnswer
   */
  readonly limit?: number;
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

  /** The answer as what it is to be. Rejects as {@link request} does, and where it is something else. */
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
      // The way there may be another one by now.
      this.socket = undefined;
      throw error instanceof AgentError ? error : failure(title, error);
    }
    // A redirect is followed by nobody: what was asked for is not done.
    if (answer.status < 300)
      return this.expected(request, () => bodyOf(answer));
    throw requestRefused(title, lineOf(request), refusalOf(answer));
  }

  /** Ends its connections. */
  close(): void {
    this.agent.destroy();
  }

  private expected<T>(request: ServerRequest, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      const { title } = this.props;
      throw strangeServerAnswer(title, lineOf(request), error.message);
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
      // What the environment says of Node's own limits doesn't count here.
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
        () => sent.destroy(new TimeOver(timeout)),
        timeout,
      );
      const fail = (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      };
      // More than once, where it breaks while the answer is read.
      sent.on("error", fail);
      // Else there would never be an answer, nor an error.
      sent.once("upgrade", (_, socket) => {
        socket.destroy();
        const reason = "it changes to another protocol, which nobody asked for";
        fail(strangeServerAnswer(title, lineOf(request), reason));
      });
      sent.once("response", (response) => {
        read(response, limit).then((answer) => {
          clearTimeout(timer);
          if (answer) return resolve(answer);
          sent.destroy();
          const reason = `it has more than ${shownBytes(limit)}`;
          reject(strangeServerAnswer(title, lineOf(request), reason));
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

class TimeOver extends Error {
  readonly code = "ETIMEDOUT";

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
  }
}

function tlsOptions({ trust, client }: Tls): ConnectionOptions {
  const options = { minVersion: "TLSv1.2" as const, ...client };
  if (!trust) return { ...options, rejectUnauthorized: false };
  // Where nobody is named, Node trusts everybody whom the system trusts.
  if (!/-----BEGIN CERTIFICATE-----/.test(trust.ca))
    throw new Error("the store has no certificate of its authority");
  return {
    ...options,
    ca: trust.ca,
    // As Go does: an authority that is trusted need not be a root.
    allowPartialTrustChain: true,
    // Said here, since NODE_TLS_REJECT_UNAUTHORIZED=0 is the default otherwise.
    rejectUnauthorized: true,
    // The connection may begin at another address than the one that the certificate is for.
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

/** `undefined` where it is larger than it may be. */
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

const REFUSAL = fields<
  { message?: string } & Pick<Refusal, "reason" | "details">
>({
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

/** Kubernetes answers with a Status, etcd with an error of gRPC, anything else with text. */
function refusalOf(answer: Answer): Refusal {
  const { status, retryAfter } = answer;
  const { message, reason, details } =
    attempt(() => REFUSAL(bodyOf(answer))) ?? {};
  const said = message ?? (answer.isJson ? "" : answer.text.trim());
  return {
    status,
    said: (said || "no reason is given").replace(/\.$/, ""),
    reason,
    details,
    retryAfter,
  };
}
