import type { IncomingMessage } from "node:http";
import {
  anything,
  attempt,
  fields,
  list,
  optional,
  readJson,
  text,
} from "../../base/shape";
import type { Refusal } from "./errors";

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly isJson: boolean;
  readonly retryAfter?: number;
}

/** Reads an answer; `undefined` if it is larger than the limit. */
export async function readWhole(
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

export const bodyOf = ({ text, isJson }: Answer): unknown =>
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
export function refusalOf(answer: Answer): Refusal {
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
