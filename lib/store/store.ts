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
import { INVENTORY, inventoryFile, STAMPS, stampPath } from "./bookkeeping";
import { brokenInventory, brokenStamp, invalidPath } from "./errors";
import {
  ABSENT,
  errorCode,
  listIfThere,
  pruneEmpty,
  writeError,
  writing,
} from "../base/files";
import { belongsToOtherNode } from "./node-files";
import { checkOwner } from "./owner";
import { DEFAULT_WORKSPACE, workspaceClaim } from "./workspace";
import type { Stamp } from "../request/artefact";
import type { Inventory } from "./inventory";
import { Staging, STAGING, type StoredFile } from "./staging";
import { readError, readStoreFile, refuseLinkOut } from "./files";
import { INVENTORY_SHAPE, isInside, STAMP_SHAPE } from "./shapes";
import { anyRecord, attempt, expecting, readJson } from "../base/shape";
import { visibleLine } from "../base/visible";

export type { Inventory, StoredFile };

const IGNORE = ".gitignore";

/** Makes git ignore the whole store, this file included. */
const IGNORE_ALL = "*\n";

/**
 * The folder that holds a cluster's secrets. All access to them goes through this class, so that an encrypted or remote
 * store can replace it. Paths are relative to the store and never lead out of it.
 */
export class Store {
  readonly directory: string;

  /** @param from the folder to which paths in messages are relative */
  constructor(
    directory: string,
    private readonly from = process.cwd(),
  ) {
    this.directory = resolve(directory);
  }

  get exists(): boolean {
    return existsSync(this.directory);
  }

  /** A path as messages show it: relative, or absolute if it would begin with `..`. */
  shown(path = ""): string {
    const absolute = join(this.directory, path);
    const shown = relative(this.from, absolute);
    return visibleLine(isAbove(shown) ? absolute : shown || ".");
  }

  read(path: string): Buffer | undefined {
    return readStoreFile(this.directory, this.at(path), this.shown(path));
  }

  /** Whether anything exists at the path. It is not read. */
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

  /** Whether the store has an owner. Its inventory is not read. */
  get isClaimed(): boolean {
    return this.has(INVENTORY);
  }

  /** The paths of all files below a folder, sorted, without `.gitignore`. */
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
      if (ABSENT.includes(errorCode(error))) return [];
      throw readError(error, at, this.shown(folder));
    }
  }

  /** Creates the store's folder if necessary, and closes it to other users. */
  open(): void {
    writing(this.shown(), () => {
      mkdirSync(dirname(this.directory), { recursive: true });
      if (!this.exists)
        mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      if ((statSync(this.directory).mode & 0o777) !== 0o700)
        chmodSync(this.directory, 0o700);
    });
  }

  /** Makes git ignore the store. A `.gitignore` that the user wrote is kept. */
  hideFromGit(): void {
    if (this.has(IGNORE)) return;
    const draft = join(this.directory, STAGING, `gitignore-${process.pid}`);
    try {
      mkdirSync(dirname(draft), { recursive: true, mode: 0o700 });
      writeFileSync(draft, IGNORE_ALL, { mode: 0o644 });
      linkSync(draft, this.pathOf(IGNORE));
    } catch (error) {
      // It is no error if another agent of this run created the file first.
      if (!this.has(IGNORE)) throw writeError(error, this.shown(IGNORE));
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Makes the stack and workspace the owner of a new store; refuses a store that has another owner. */
  async claim(
    stack: string,
    agent: string,
    workspace = DEFAULT_WORKSPACE,
  ): Promise<void> {
    this.hideFromGit();
    if (this.inventory() === undefined) {
      const staging = new Staging(this, agent);
      await staging.add(inventoryFile({ stack, ...workspaceClaim(workspace) }));
      staging.placeNew();
      staging.remove();
    }
    checkOwner(this, { stack, workspace });
  }

  inventory(): Inventory | undefined {
    const file = this.read(INVENTORY);
    return (
      file &&
      expecting(
        () => readJson(file.toString(), INVENTORY_SHAPE),
        (problem) => brokenInventory(this.shown(INVENTORY), problem),
      )
    );
  }

  /** Writes the files that differ: stages all of them first, then moves each into place, in the given order. */
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

  /** Removes files, and the folders that become empty. */
  remove(paths: readonly string[]): void {
    for (const path of paths) {
      refuseLinkOut(
        this.directory,
        dirname(this.at(path)),
        this.shown(dirname(path)),
      );
      writing(this.shown(path), () =>
        rmSync(this.at(path), { force: true, recursive: true }),
      );
      pruneEmpty(dirname(this.at(path)), this.directory);
    }
  }

  removeIfEmpty(): void {
    const isOurs = listIfThere(this.directory).join() === IGNORE;
    if (isOurs && this.read(IGNORE)?.toString() === IGNORE_ALL)
      this.remove([IGNORE]);
    pruneEmpty(this.directory, dirname(this.directory));
  }

  /** Removes the staged files of agents that were killed. */
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

  /**
   * The stamps, by the first file of each artefact.
   *
   * @param node leave out the stamps of all other nodes. @default - the stamps of all nodes
   */
  stamps(node?: string): Map<string, Stamp> {
    return new Map(
      this.files(STAMPS, belongsToOtherNode(node)).flatMap((path) => {
        const stamp = this.stampAt(path);
        const file = path.slice(STAMPS.length + 1, -".json".length);
        return stamp && stampPath(file) === path ? [[file, stamp]] : [];
      }),
    );
  }

  /** `undefined` for other files beside the stamps, such as a node's drift token, and for a stamp that is not JSON. */
  private stampAt(path: string): Stamp | undefined {
    const file = this.read(path);
    const found = file && attempt(() => readJson(file.toString(), anyRecord));
    if (found === undefined || !("files" in found)) return undefined;
    return expecting(
      () => STAMP_SHAPE(found),
      (problem) => brokenStamp(this.shown(path), problem),
    );
  }

  /** The absolute path of a file in the store. */
  at(path: string): string {
    if (!isInside(path)) throw invalidPath(path);
    return this.pathOf(path);
  }

  /** Like {@link at}, but also accepts the empty path, which is the store itself. */
  pathOf(path: string): string {
    if (path !== "" && !isInside(path)) throw invalidPath(path);
    return join(this.directory, normalize(path));
  }
}

const isAbove = (path: string): boolean =>
  path === ".." || path.startsWith(`..${sep}`);
