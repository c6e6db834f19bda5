import { createHash } from "node:crypto";
import { SNAPSHOT_HASH } from "../cluster/snapshot-reader";

/** Compares a snapshot with the SHA-256 behind it, and computes that of both. */
export class SnapshotDigest {
  private readonly inner = createHash("sha256");
  private readonly outer = createHash("sha256");
  private readonly end: Buffer[] = [];
  private length = 0;
  private database = 0;

  /** @param size bytes of the database and of its hash */
  expect(size: number): void {
    this.database = size - SNAPSHOT_HASH;
  }

  add(piece: Buffer): void {
    const left = Math.max(0, this.database - this.length);
    this.inner.update(piece.subarray(0, left));
    if (piece.length > left) this.end.push(Buffer.from(piece.subarray(left)));
    this.outer.update(piece);
    this.length += piece.length;
  }

  /** Is asked once, at the end. */
  get matches(): boolean {
    return (
      this.length === this.database + SNAPSHOT_HASH &&
      this.database % 512 === 0 &&
      this.inner.digest().equals(Buffer.concat(this.end))
    );
  }

  get whole(): string {
    return this.outer.digest("hex");
  }
}
