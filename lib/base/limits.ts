import { YAML_LIMITS } from "../catalog/yaml-limits";

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * How much is taken from outside, in one table: bytes, where nothing else is said. Each is at least ten times what an
 * honest cluster needs. What is larger is cut off while it comes, so that nobody else decides how much memory we use.
 */
export const LIMITS = {
  /** What one command on a host writes to standard output. The largest are lists of images, and manifests. */
  commandOutput: 4 * MiB,
  /** What it writes to standard error. */
  commandErrors: 1 * MiB,
  /** Lines of it, and of one answer among several in it. */
  lines: 50_000,
  /** Milliseconds for a command that has no limit of its own. */
  commandTime: 120_000,
  /** Milliseconds for a program of this system that says what runs: `ps`, `lsof`. */
  systemTime: 10_000,
  /** The end that is kept of what a program says for as long as it runs: `ssh`, Terraform, the app. */
  saidByProgram: 1 * MiB,
  /** One line of Terraform's messages; the outputs of a stack are one. */
  message: 16 * MiB,
  /** A state, as `terraform state pull` prints it. */
  state: 512 * MiB,
  /** The answer of an API server: all CustomResourceDefinitions of a cluster are one. */
  apiAnswer: 64 * MiB,
  /** The answer of etcd's gateway. */
  etcdAnswer: 4 * MiB,
  /** The answer to a question whether a component is well. */
  healthAnswer: 64 * KiB,
  /** The headers of an answer. */
  headers: 64 * KiB,
  /** How deep JSON and YAML from outside may nest: Kubernetes' own schemas stay below a hundred. */
  depth: 500,
  /** Anchors and aliases in YAML that people write; YAML from hosts has none. */
  aliases: YAML_LIMITS.aliases,
  /** Values in it. */
  yamlNodes: YAML_LIMITS.values,
  /** A file of a store, or one that a user brings: honest ones are far below it. */
  storeFile: 64 * MiB,
  /** A kubeconfig that is merged into. */
  kubeconfig: 4 * MiB,
  /** One line of what a program says, in characters, where a reason is looked for in it. */
  saidLine: 2_000,
  /** One line of a log that an error shows, in characters. */
  logLine: 400,
  /** The end of a log that is read for an error. */
  logEnd: 16 * KiB,
  /** The list of what is in an archive of images; there are two at most, one of each layout. */
  imageIndex: 4 * MiB,
  /** Entries of an archive that are looked through for it. */
  archiveEntries: 100_000,
  /** A file of known host keys. */
  knownHosts: 4 * MiB,
} as const;

/** `4 MiB`, for people. */
export const shownBytes = (bytes: number): string =>
  bytes >= MiB ? `${bytes / MiB} MiB` : `${bytes / KiB} KiB`;

/** Whether a text has more lines than are read. Counted before it is split, which costs much more than the text. */
export function hasTooManyLines(text: string | Buffer): boolean {
  let count = 0;
  for (let at = -1; (at = text.indexOf("\n", at + 1)) !== -1;)
    if (++count > LIMITS.lines) return true;
  return false;
}

/** Keeps the end of what is said, however much it is. */
export class Tail {
  /** Whether the beginning is gone. */
  isCut = false;
  private chunks: Buffer[] = [];
  private length = 0;

  constructor(private readonly limit: number = LIMITS.saidByProgram) {}

  add(chunk: Buffer | string): void {
    const bytes = Buffer.from(chunk);
    this.chunks.push(bytes);
    this.length += bytes.length;
    // Joined only now and then: many small chunks must not cost a copy each.
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
    // A copy, or the whole would be kept with it.
    const end = Buffer.from(whole.subarray(-this.limit));
    this.isCut ||= end.length < whole.length;
    this.chunks = [end];
    this.length = end.length;
  }
}
