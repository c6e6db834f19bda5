import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { notAFileToRead, notRootsToWrite } from "./errors";
import {
  irregularKind,
  orUndefined,
  type Owner,
  unless,
} from "../../base/files";
import { HELD_FILES, IS_LINUX } from "../../base/proc";
import { LIMITS, shownBytes } from "../../base/limits";

/** Only on Linux can a path begin at a folder that is held open. */
const HELD = IS_LINUX ? HELD_FILES : undefined;
const MOST_LINKS = 40;

/** A file to be read and written, after following the links that lead to it. */
export interface Spot {
  readonly folder: Folder;
  readonly name: string;
}

/**
 * A folder with a user's files. If root works in a folder to which others can write, they could put a link in its way
 * between two steps. So root holds such a folder open, follows no link to a place where the folder's owner could not write,
 * and gives the files that it creates there to the owner, through the open file. For any other user paths are enough,
 * because a link gives nobody more rights.
 */
export class Folder {
  private constructor(
    private readonly shown: string,
    private readonly path: string,
    private readonly held: number | undefined,
    /** The required owner of everything in it; absent if only root can change it, or if this process is not root. */
    private readonly owner: Owner | undefined,
  ) {}

  /** Opens a folder, and creates it if necessary. */
  static open(path: string, shown: string): Folder {
    if (process.geteuid?.() !== 0) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return new Folder(shown, path, undefined, undefined);
    }
    const walk = new Walk(shown);
    walk.to(path);
    return new Folder(shown, walk.path, walk.held, walk.owner);
  }

  /** Finds the place of a file, which need not exist, by following links. */
  static spot(path: string, shown: string): Spot {
    let at = path;
    let owner: Owner | undefined;
    for (let links = 0; links < MOST_LINKS; links++) {
      const folder = Folder.open(dirname(at), shown);
      try {
        folder.belongsTo(owner);
        const name = basename(at);
        const target = orUndefined(() => readlinkSync(folder.at(name)));
        if (target === undefined) return { folder, name };
        owner ??= folder.owner;
        at = resolve(dirname(at), target);
      } catch (error) {
        folder.close();
        throw error;
      }
      folder.close();
    }
    throw notRootsToWrite(shown, `${path} has too many links`);
  }

  /** Fails if this process is root and the folder belongs to another user. Creates the folder if necessary. */
  static requireOwn(path: string, shown: string): void {
    const folder = Folder.open(path, shown);
    folder.close();
    const { owner = ROOT } = folder;
    if (owner.uid !== 0)
      throw notRootsToWrite(shown, `its folder belongs to ${inWords(owner)}`);
  }

  /** The path of a file in it, valid while the folder is open. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Reads a kubeconfig or its lock; `undefined` if the file does not exist. */
  read(name: string): Buffer | undefined {
    const file = unless(["ENOENT"], () => openSync(this.at(name), READ));
    if (file === undefined) return undefined;
    try {
      const found = fstatSync(file);
      const kind = irregularKind(found);
      if (kind !== undefined)
        throw notAFileToRead(this.shown, `${name} is ${kind}`);
      if (this.owner && found.uid !== this.owner.uid)
        throw notRootsToWrite(
          this.shown,
          `${name} belongs to ${inWords(found)}, in a folder of ${inWords(this.owner)}`,
        );
      if (found.size > LIMITS.kubeconfig)
        throw notAFileToRead(
          this.shown,
          `${name} has more than ${shownBytes(LIMITS.kubeconfig)}`,
        );
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** The owner that a new file must get: that of the file which it replaces, if any. */
  ownerOf(name: string): Owner | undefined {
    if (process.geteuid?.() !== 0) return undefined;
    const found = lstatSync(this.at(name), { throwIfNoEntry: false });
    const owner = this.owner ?? ROOT;
    if (!found?.isFile() || (this.owner && found.uid !== owner.uid))
      return owner;
    return { uid: found.uid, gid: found.gid };
  }

  remove(name: string): void {
    unless(["ENOENT"], () => unlinkSync(this.at(name)));
  }

  close(): void {
    if (this.held !== undefined) closeSync(this.held);
  }

  /** Fails if a link that leads here belongs to a user who cannot write here. */
  private belongsTo(maker: Owner | undefined): void {
    if (maker && this.owner?.uid !== maker.uid)
      throw notRootsToWrite(
        this.shown,
        `a link of ${inWords(maker)} leads to a folder of ${inWords(this.owner ?? ROOT)}`,
      );
  }
}

/** Without O_NONBLOCK, opening a pipe would wait for a writer. */
const READ =
  constants.O_RDONLY |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);
const ENTER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const ROOT: Owner = { uid: 0, gid: 0 };

const inWords = ({ uid }: Pick<Owner, "uid">): string =>
  uid === 0 ? "root" : `user ${uid}`;

/** Root's way to a folder, one path component after the other. */
class Walk {
  /** The path of the current folder, through the open descriptor if possible. */
  path = "/";
  held: number | undefined;
  owner: Owner | undefined;
  /** The path of the current folder, for messages. */
  private known = "/";
  /** Whether it is a sticky folder: everybody may create files, but not change those of others. */
  private isShared = false;
  private links = 0;

  constructor(private readonly shown: string) {}

  to(folder: string): void {
    try {
      this.enterAll(folder);
      if (this.isShared) this.owner ??= ROOT;
    } catch (error) {
      if (this.held !== undefined) closeSync(this.held);
      throw error;
    }
  }

  private enterAll(folder: string): void {
    this.enter("/", "/");
    for (const name of folder.split("/").filter(Boolean)) {
      const next = join(this.path, name);
      const known = join(this.known, name);
      const found = lstatSync(next, { throwIfNoEntry: false });
      if (found?.isSymbolicLink()) {
        this.follow(resolve(this.known, readlinkSync(next)), known, found);
        continue;
      }
      if (!found) mkdirSync(next, { mode: 0o700 });
      this.enter(next, known, !found);
    }
  }

  /** Follows a link, from the root again. A link of another user than root may only lead to a folder of that user. */
  private follow(target: string, known: string, { uid, gid }: Stats): void {
    if (++this.links > MOST_LINKS)
      throw notRootsToWrite(this.shown, `${known} has too many links`);
    const maker = this.owner ?? (this.isShared ? { uid, gid } : undefined);
    this.leave();
    this.enterAll(target);
    if (maker && (this.owner ?? ROOT).uid !== maker.uid)
      throw notRootsToWrite(
        this.shown,
        `${known}, a link of ${inWords(maker)}, leads to a folder of ${inWords(this.owner ?? ROOT)}`,
      );
  }

  private leave(): void {
    if (this.held !== undefined) closeSync(this.held);
    this.held = undefined;
    this.owner = undefined;
    this.isShared = false;
    this.path = this.known = "/";
  }

  private enter(path: string, known: string, isNew = false): void {
    const folder = openSync(path, ENTER);
    const before = this.held;
    this.held = folder;
    if (before !== undefined) closeSync(before);
    this.path = HELD === undefined ? known : `${HELD}/${folder}`;
    this.known = known;
    this.judge(fstatSync(folder), isNew);
  }

  private judge({ uid, gid, mode }: Stats, isNew: boolean): void {
    if (this.owner && isNew && uid === 0) {
      // Root has just created it, for the owner: the owner could replace an empty folder anyway.
      if (readdirSync(this.path).length === 0 && this.held !== undefined)
        fchownSync(this.held, this.owner.uid, this.owner.gid);
      return;
    }
    if (this.owner && uid !== this.owner.uid)
      throw notRootsToWrite(
        this.shown,
        `${this.known} belongs to ${inWords({ uid })}, in a folder of ${inWords(this.owner)}`,
      );
    if (uid !== 0) this.owner ??= { uid, gid };
    this.isShared = uid === 0 && (mode & 0o1000) !== 0 && (mode & 0o022) !== 0;
    if (uid === 0 && !this.isShared && (mode & 0o022) !== 0)
      throw notRootsToWrite(
        this.shown,
        `users other than root can write to ${this.known}`,
      );
    if ((this.owner ?? this.isShared) && HELD === undefined)
      throw notRootsToWrite(
        this.shown,
        `users other than root can write to ${this.known}, and on this system a folder cannot be held open`,
      );
  }
}
