import {
  Agent,
  type IncomingMessage,
  request as plainRequest,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { urlHost } from "../../catalog/addresses";
import { AgentError } from "../../base/errors";
import {
  requestRefused,
  serverUnreachable,
  tooLargeAnswer,
  unexpectedServerAnswer,
  untrustedServer,
} from "./errors";
import { errorCode } from "../../base/files";
import type { Host, Socket } from "../hosts/host";
import { LIMITS, shownBytes } from "../../base/limits";
import { Mismatch, type Shape } from "../../base/shape";
import { type Answer, bodyOf, readWhole, refusalOf } from "./answer";
import { type Tls, tlsOptions } from "./tls";

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
    const { limit = LIMITS.apiAnswer } = request;
    const answer = await this.exchange(request, (response) =>
      readWhole(response, limit),
    );
    return this.expected(request, () => bodyOf(answer));
  }

  /**
   * Passes on an answer of any length, piece by piece, as it arrives. The timeout is for each piece. Rejects like
   * {@link request}, and if `take` does.
   */
  async stream(
    request: ServerRequest,
    take: (piece: Buffer) => Promise<void>,
  ): Promise<void> {
    const { limit = LIMITS.apiAnswer } = request;
    await this.exchange(request, async (response, goesOn) => {
      if (!isFulfilled(response.statusCode!)) return readWhole(response, limit);
      for await (const piece of response) {
        goesOn();
        await take(piece as Buffer);
      }
      return { status: response.statusCode!, text: "", isJson: false };
    });
  }

  private async exchange(
    request: ServerRequest,
    readAnswer: ReadAnswer,
  ): Promise<Answer> {
    const { title, host, address, port } = this.props;
    this.socket ??= host.reach(address, port);
    let answer: Answer;
    try {
      answer = await this.send(request, await this.socket, readAnswer);
    } catch (error) {
      // The next request needs a new socket.
      this.socket = undefined;
      throw error instanceof AgentError ? error : failure(title, error);
    }
    if (isFulfilled(answer.status)) return answer;
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

  private send(
    request: ServerRequest,
    socket: Socket,
    readAnswer: ReadAnswer,
  ): Promise<Answer> {
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
        readAnswer(response, () => timer.refresh()).then(
          (answer) => {
            clearTimeout(timer);
            if (answer) return resolve(answer);
            sent.destroy();
            reject(tooLargeAnswer(title, lineOf(request), shownBytes(limit)));
          },
          (error) => {
            sent.destroy();
            fail(error);
          },
        );
      });
      sent.end(content);
    });
  }
}

const lineOf = ({ method, path }: ServerRequest): string =>
  `${method} ${path.split("?")[0]}`;

/** Redirects are not followed: they do not fulfil a request. */
const isFulfilled = (status: number): boolean => status < 300;

/** Reads an answer; `undefined` if it is too large. `goesOn` starts the timeout of the request again. */
type ReadAnswer = (
  response: IncomingMessage,
  goesOn: () => void,
) => Promise<Answer | undefined>;

class RequestTimeout extends Error {
  readonly code = "ETIMEDOUT";

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
  }
}

function failure(title: string, error: unknown): Error {
  const code = errorCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (!BROKEN.test(code)) return untrustedServer(title, reason);
  const unsent = (error as NodeJS.ErrnoException).syscall === "connect";
  return serverUnreachable(title, reason, unsent);
}
