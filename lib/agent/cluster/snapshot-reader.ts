import { LIMITS } from "../../base/limits";
import {
  expecting,
  fields,
  optional,
  readJson,
  text,
  textThat,
} from "../../base/shape";
import { brokenSnapshot } from "./errors";

/** Bytes of the SHA-256 that follows the database. */
export const SNAPSHOT_HASH = 32;

const NEWLINE = 0x0a;

/** A 64-bit number is a string in etcd's JSON, and absent if it is 0. */
const bytes = textThat(
  (given) => /^\d{1,15}$/.test(given),
  "a number of bytes",
);

const MESSAGE = fields({
  result: optional(
    fields({ remaining_bytes: optional(bytes), blob: optional(text) }),
  ),
  error: optional(fields({ message: optional(text) })),
});

/**
 * Reads the answer to a request for a snapshot: a line of JSON for each piece of the database in base64. Only one line is
 * in memory at a time.
 * @see https://github.com/etcd-io/etcd/blob/v3.6.8/server/etcdserver/api/v3rpc/maintenance.go
 */
export class SnapshotReader {
  private line: Buffer[] = [];
  private length = 0;
  private hasBegun = false;

  constructor(
    private readonly title: string,
    private readonly begin: (size: number) => Promise<void>,
    private readonly take: (piece: Buffer) => Promise<void>,
  ) {}

  async add(piece: Buffer): Promise<void> {
    let from = 0;
    for (let at; (at = piece.indexOf(NEWLINE, from)) !== -1; from = at + 1) {
      this.keep(piece.subarray(from, at));
      await this.end();
    }
    this.keep(piece.subarray(from));
  }

  /** Reads what is there as the last line. */
  async end(): Promise<void> {
    const line = Buffer.concat(this.line).toString().trim();
    this.line = [];
    this.length = 0;
    if (line !== "") await this.message(line);
  }

  private keep(part: Buffer): void {
    this.length += part.length;
    if (this.length > LIMITS.etcdAnswer)
      throw brokenSnapshot(this.title, "a part of it is too long");
    this.line.push(part);
  }

  private async message(line: string): Promise<void> {
    const { result, error } = expecting(
      () => readJson(line, MESSAGE),
      (problem) => brokenSnapshot(this.title, problem),
    );
    if (error)
      throw brokenSnapshot(this.title, error.message ?? "it gives no reason");
    const piece = Buffer.from(result?.blob ?? "", "base64");
    if (!this.hasBegun) {
      this.hasBegun = true;
      const remaining = Number(result?.remaining_bytes ?? 0);
      await this.begin(piece.length + remaining + SNAPSHOT_HASH);
    }
    await this.take(piece);
  }
}
