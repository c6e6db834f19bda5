import {
  chmodSync,
  type Dirent,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize, relative, resolve, sep } from "node:path";
import { invalidPath } from "./errors";
import { brokenInventory, brokenStamp } from "./errors";
import { errorCode, listIfThere, pruneEmpty, writeError } from "../base/files";
import { checkOwner } from "./owner";
import { workspaceClaim } from "./workspace";
import { DEFAULT_WORKSPACE } from "./workspace";
import type { Stamp } from "../request/artefact";
import type { Inventory } from "./inventory";
import { Staging, STAGING, type StoredFile } from "./staging";
import { readError, readStoreFile, refuseLinkOut } from "./files";
import {
  inventoryProblem,
  isInside,
  parseObject,
  stampProblem,
} from "./shapes";
import { visibleLine } from "../base/visible";

export type { Inventory, StoredFile };

const STAMPS = ".stamps";
const INVENTORY = "inventory.json";
const IGNORE = ".gitignore";

/** Of git's: nothing of the store, this file included, is ever staged by `git add .`. */
const IGNORE_ALL = "*\n";

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
    return visibleLine(isAbove(shown) ? absolute : shown || ".");
  }

  read(path: string): Buffer | undefined {
    return readStoreFile(this.directory, this.at(path), this.shown(path));
  }

  /** Whether anything stands there, without a look into it. */
  has(path: string): boolean {
    try {
      return (
        lstatSync(this.pathOf(path), { throwIfNoEntry: false }) !== undefined
      );
    } catch (error) {
      throw readError(error, this.pathOf(path), this.shown(path));
    }
  }

  mode(path: string): number {
    return statSync(this.at(path)).mode & 0o777;
  }

  /** Whether it belongs to a stack, whatever its inventory says. */
  get isClaimed(): boolean {
    return this.has(INVENTORY);
  }

  /** Every file below a folder, in order; not what is said to git. */
  files(folder = "", isSkipped: (path: string) => boolean = () => false) {
    const root = this.pathOf(folder);
    try {
      refuseLinkOut(this.directory, root, this.shown(folder));
    } catch (error) {
      throw readError(error, root, this.shown(folder));
    }
    return this.filesIn(folder, isSkipped)
      .filter((path) => path !== IGNORE)
      .sort();
  }

  private filesIn(
    folder: string,
    isSkipped: (path: string) => boolean,
  ): string[] {
    return this.entries(folder).flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (isSkipped(path)) return [];
      if (entry.isDirectory()) return this.filesIn(path, isSkipped);
      return entry.isFile() ? [path] : [];
    });
  }

  private entries(folder: string): Dirent[] {
    const at = this.pathOf(folder);
    try {
      return readdirSync(at, { withFileTypes: true });
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return [];
      throw readError(error, at, this.shown(folder));
    }
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

  /** Keeps all of it out of `git add .`; what people wrote there themselves stays. */
  hideFromGit(): void {
    if (this.has(IGNORE)) return;
    const draft = join(this.directory, STAGING, `gitignore-${process.pid}`);
    try {
      mkdirSync(dirname(draft), { recursive: true, mode: 0o700 });
      writeFileSync(draft, IGNORE_ALL, { mode: 0o644 });
      linkSync(draft, this.pathOf(IGNORE));
    } catch (error) {
      // Another agent of this run was faster.
      if (!this.has(IGNORE)) throw writeError(error, this.shown(IGNORE));
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Binds a new store to its stack and workspace; refuses that of another. */
  async claim(
    stack: string,
    agent: string,
    workspace = DEFAULT_WORKSPACE,
  ): Promise<void> {
    this.hideFromGit();
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
    const found = parseObject(text.toString());
    const problem = typeof found === "string" ? found : inventoryProblem(found);
    if (problem !== undefined)
      throw brokenInventory(this.shown(INVENTORY), problem);
    return found as unknown as Inventory;
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
      refuseLinkOut(
        this.directory,
        dirname(this.at(path)),
        this.shown(dirname(path)),
      );
      try {
        rmSync(this.at(path), { force: true, recursive: true });
      } catch (error) {
        throw writeError(error, this.shown(path));
      }
      pruneEmpty(dirname(this.at(path)), this.directory);
    }
  }

  removeIfEmpty(): void {
    const isOurs = listIfThere(this.directory).join() === IGNORE;
    if (isOurs && this.read(IGNORE)?.toString() === IGNORE_ALL)
      this.remove([IGNORE]);
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
    return this.stampAt(stampPath(file));
  }

  /** Stamps by the first file that they are of: all, or all but those of other nodes than this one. */
  stamps(node?: string): Map<string, Stamp> {
    return new Map(
      this.files(STAMPS, isOfOther(node)).flatMap((path) => {
        const stamp = this.stampAt(path);
        const file = path.slice(STAMPS.length + 1, -".json".length);
        return stamp && stampPath(file) === path ? [[file, stamp]] : [];
      }),
    );
  }

  /** Other things lie among the stamps, a drift token of a node; what is no JSON is made anew like one that is lost. */
  private stampAt(path: string): Stamp | undefined {
    const found = parseObject(this.read(path)?.toString() ?? "");
    if (typeof found === "string" || !("files" in found)) return undefined;
    const problem = stampProblem(found);
    if (problem !== undefined) throw brokenStamp(this.shown(path), problem);
    return found as unknown as Stamp;
  }

  /** The absolute path of one in the store. */
  at(path: string): string {
    if (!isInside(path)) throw invalidPath(path);
    return this.pathOf(path);
  }

  /** The same, also of the store itself. */
  pathOf(path: string): string {
    if (path !== "" && !isInside(path)) throw invalidPath(path);
    return join(this.directory, normalize(path));
  }
}

const isAbove = (path: string): boolean =>
  path === ".." || path.startsWith(`..${sep}`);

const OF_NODE = /^(?:\.stamps\/|pending\/)?nodes\/([^/]+)/;

/**
 * Whether a file of the store belongs to another node. Whoever works for one node looks at no other node's files: with a
 * thousand nodes, each would read the files of all.
 *
 * @param node absent: no file is another node's
 */
export const isOfOther =
  (node: string | undefined) =>
  (path: string): boolean => {
    const [, name = node] = OF_NODE.exec(path) ?? [];
    return node !== undefined && name !== node && name !== `${node}.json`;
  };

/** The node whose files a batch makes; absent: it makes others. */
export const nodeOfBatch = (batch: string): string | undefined =>
  /^nodes\/([^/]+)$/.exec(batch)?.[1];

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
