import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, normalize, relative, resolve, sep } from "node:path";
import { invalidPath } from "./errors";
import { listIfThere, pruneEmpty, readIfThere, writeError } from "./files";
import { checkOwner, DEFAULT_WORKSPACE, workspaceClaim } from "./owner";
import type { Stamp } from "./request";
import type { Inventory } from "./rollout/inventory";
import { Staging, STAGING, type StoredFile } from "./staging";

export type { Inventory, StoredFile };

const STAMPS = ".stamps";
const INVENTORY = "inventory.json";

/**
 * The folder that holds a cluster's secrets. Every access to them is through here, so that an encrypted or a
 * remote store can stand in its place. Paths are relative to the store and never leave it.
 */
export class Store {
  readonly directory: string;

  /** @param people where they are, who read its paths */
  constructor(
    directory: string,
    private readonly people = process.cwd(),
  ) {
    this.directory = resolve(directory);
  }

  get exists(): boolean {
    return existsSync(this.directory);
  }

  /** A path for people, from where they are. */
  shown(path = ""): string {
    const absolute = join(this.directory, path);
    const shown = relative(this.people, absolute);
    return isAbove(shown) ? absolute : shown || ".";
  }

  read(path: string): Buffer | undefined {
    return readIfThere(this.at(path));
  }

  mode(path: string): number {
    return statSync(this.at(path)).mode & 0o777;
  }

  /** Every file below a folder, in order. */
  files(folder = ""): string[] {
    const root = join(this.directory, folder);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        relative(this.directory, join(entry.parentPath, entry.name))
          .split(sep)
          .join("/"),
      )
      .sort();
  }

  /** The folder itself, closed to others. */
  open(): void {
    try {
      mkdirSync(dirname(this.directory), { recursive: true });
      if (!this.exists)
        mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      if ((statSync(this.directory).mode & 0o777) !== 0o700)
        chmodSync(this.directory, 0o700);
    } catch (error) {
      throw writeError(error, this.shown());
    }
  }

  /** Binds a new store to its stack and workspace; refuses that of another. */
  async claim(
    stack: string,
    agent: string,
    workspace = DEFAULT_WORKSPACE,
  ): Promise<void> {
    if (this.inventory() === undefined) {
      const staging = new Staging(this, agent);
      await staging.add({
        path: INVENTORY,
        content: json({ stack, ...workspaceClaim(workspace) }),
        mode: 0o600,
      });
      staging.placeNew();
      staging.remove();
    }
    checkOwner(this, { stack, workspace });
  }

  inventory(): Inventory | undefined {
    const text = this.read(INVENTORY);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text.toString()) as Inventory;
    } catch {
      // Written atomically, so a hand broke it: the next rollout writes it anew.
      return { stack: "" };
    }
  }

  /** Writes what differs, all of it beside first, then each in its place, in this order. */
  async write(files: readonly StoredFile[], agent: string): Promise<void> {
    const changed = files.filter((file) => !this.holds(file));
    if (changed.length === 0) return;
    const staging = new Staging(this, agent);
    try {
      await Promise.all(changed.map((file) => staging.add(file)));
      await staging.place();
    } finally {
      staging.remove();
    }
  }

  holds({ path, content, mode }: StoredFile): boolean {
    return (
      (this.read(path)?.equals(content) ?? false) && this.mode(path) === mode
    );
  }

  /** Removes files, and the folders that are empty without them. */
  remove(paths: readonly string[]): void {
    for (const path of paths) {
      try {
        rmSync(this.at(path), { force: true, recursive: true });
      } catch (error) {
        throw writeError(error, this.shown(path));
      }
      pruneEmpty(dirname(this.at(path)), this.directory);
    }
  }

  removeIfEmpty(): void {
    pruneEmpty(this.directory, dirname(this.directory));
  }

  /** What killed agents left half written. */
  removeStagingOf(isAlive: (agent: string) => boolean): void {
    const left = listIfThere(join(this.directory, STAGING)).filter(
      (agent) => !isAlive(agent),
    );
    for (const agent of left)
      rmSync(join(this.directory, STAGING, agent), {
        recursive: true,
        force: true,
      });
  }

  stamp(file: string): Stamp | undefined {
    return parseStamp(this.read(stampPath(file)));
  }

  /** All stamps by the first file that they are of. */
  stamps(): Map<string, Stamp> {
    return new Map(
      this.files(STAMPS).flatMap((path) => {
        const stamp = parseStamp(this.read(path));
        const file = path.slice(STAMPS.length + 1, -".json".length);
        return stamp && stampPath(file) === path ? [[file, stamp]] : [];
      }),
    );
  }

  /** The absolute path of one in the store. */
  at(path: string): string {
    const clean = normalize(path);
    if (path === "" || clean.startsWith("..") || resolve("/", clean) === clean)
      throw invalidPath(path);
    return join(this.directory, clean);
  }
}

const isAbove = (path: string): boolean =>
  path === ".." || path.startsWith(`..${sep}`);

export const stampPath = (file: string): string => `${STAMPS}/${file}.json`;

export const inventoryFile = (inventory: Inventory): StoredFile => ({
  path: INVENTORY,
  content: json(inventory),
  mode: 0o600,
});

export const stampFile = (file: string, stamp: Stamp): StoredFile => ({
  path: stampPath(file),
  content: json(stamp),
  mode: 0o600,
});

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Other things lie among the stamps: a drift token of a node is none. */
function parseStamp(text: Buffer | undefined): Stamp | undefined {
  try {
    const stamp = JSON.parse(text?.toString() ?? "") as Stamp;
    return typeof stamp.files === "string" && typeof stamp.batch === "string"
      ? stamp
      : undefined;
  } catch {
    return undefined;
  }
}
