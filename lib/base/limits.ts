import { YAML_LIMITS } from "../catalog/yaml-limits";

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * Limits on input from outside, in bytes unless a comment says otherwise. Each is at least ten times what a real cluster
 * needs. Longer input is cut off while it arrives, so that nobody else decides how much memory this process uses.
 */
export const LIMITS = {
  /** Standard output of one command on a host. The longest are lists of images, and manifests. */
  commandOutput: 4 * MiB,
  /** Standard error of one command on a host. */
  commandErrors: 1 * MiB,
  /** Lines in the output of a command, or in one of several answers in it. */
  lines: 50_000,
  /** Milliseconds for a command without a limit of its own. */
  commandTime: 120_000,
  /** Milliseconds for a local program that lists processes: `ps`, `lsof`. */
  systemTime: 10_000,
  /** The end that is kept of the output of a long-running program: `ssh`, Terraform, the app. */
  programOutput: 1 * MiB,
  /** One line of Terraform's JSON messages. All outputs of a stack are in one line. */
  message: 16 * MiB,
  /** A state, as `terraform state pull` prints it. */
  state: 512 * MiB,
  /** One answer of an API server. The longest lists all CustomResourceDefinitions of a cluster. */
  apiAnswer: 64 * MiB,
  /** One answer of etcd's gRPC gateway. */
  etcdAnswer: 4 * MiB,
  /** The answer to a health check of a component. */
  healthAnswer: 64 * KiB,
  /** The headers of an HTTP answer. */
  headers: 64 * KiB,
  /** Nesting levels of JSON and YAML from outside. Kubernetes' own schemas have less than a hundred. */
  depth: 500,
  /** Anchors and aliases in YAML that people write. None are allowed in YAML from hosts. */
  aliases: YAML_LIMITS.aliases,
  /** Values in YAML that people write. */
  yamlNodes: YAML_LIMITS.values,
  /** A file of a store, or one that a user supplies. */
  storeFile: 64 * MiB,
  /** A user's kubeconfig, to which entries are added. */
  kubeconfig: 4 * MiB,
  /** Characters of one line of a program's output that are searched for the reason of a failure. */
  outputLine: 2_000,
  /** Characters of one log line in an error. */
  logLine: 400,
  /** The part at the end of a log that is read for an error. */
  logEnd: 16 * KiB,
  /** The index of an image archive. An archive has at most two, one for each layout. */
  imageIndex: 4 * MiB,
  /** Entries of an image archive that are searched for its index. */
  archiveEntries: 100_000,
  /** A file of known host keys. */
  knownHosts: 4 * MiB,
} as const;

/** `4 MiB`, for people. */
export const shownBytes = (bytes: number): string =>
  bytes >= MiB ? `${bytes / MiB} MiB` : `${bytes / KiB} KiB`;

/** Whether a text has too many lines. They are counted before splitting, which takes far more memory than the text. */
export function hasTooManyLines(text: string | Buffer): boolean {
  let count = 0;
  for (let at = -1; (at = text.indexOf("\n", at + 1)) !== -1;)
    if (++count > LIMITS.lines) return true;
  return false;
}

/** Keeps the end of a stream of text, however long the stream is. */
export class Tail {
  /** Whether the beginning was dropped. */
  isCut = false;
  private chunks: Buffer[] = [];
  private length = 0;

  constructor(private readonly limit: number = LIMITS.programOutput) {}

  add(chunk: Buffer | string): void {
    const bytes = Buffer.from(chunk);
    this.chunks.push(bytes);
    this.length += bytes.length;
    // Joining at every chunk would copy everything for each small chunk.
    if (this.length > 2 * this.limit) this.join();
  }

  clear(): void {
    this.chunks = [];
    this.length = 0;
  }

  toString(): string {
    this.join();
    return this.chunks[0].toString();
  }

  private join(): void {
    const whole = Buffer.concat(this.chunks);
    // A copy: a subarray would keep the whole buffer in memory.
    const end = Buffer.from(whole.subarray(-this.limit));
    this.isCut ||= end.length < whole.length;
    this.chunks = [end];
    this.length = end.length;
  }
}
