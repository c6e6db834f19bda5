import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, syncDirectory, writeError, writeNew } from "../base/files";

/** A file to be: its path in the store, content and mode. */
export interface StoredFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

export const STAGING = ".staging";

/** Whatever the umask is, nobody else writes into it. */
const FOLDER = { recursive: true, mode: 0o755 };

interface StagingTarget {
  readonly directory: string;
  at(path: string): string;
  shown(path: string): string;
}

/**
 * The files of one write before they are in their places, in a folder of this agent's inside the store: on the same
 * disk, so that a rename brings each to its place whole, but in no tree that is delivered.
 */
export class Staging {
  private readonly staged: {
    readonly from: string;
    readonly file: StoredFile;
  }[] = [];
  private readonly directory: string;

  constructor(
    private readonly store: StagingTarget,
    agent: string,
  ) {
    this.directory = join(store.directory, STAGING, agent);
    this.attempt("", () =>
      mkdirSync(this.directory, { recursive: true, mode: 0o700 }),
    );
  }

  async add(file: StoredFile): Promise<void> {
    const from = join(this.directory, String(this.staged.length));
    this.staged.push({ from, file });
    try {
      await writeNew(from, file.content, file.mode);
    } catch (error) {
      throw writeError(error, this.store.shown(file.path));
    }
  }

  /** All or, where one folder cannot be written, nothing. */
  async place(): Promise<void> {
    const places = this.staged.map(({ from, file }) => ({
      from,
      file,
      to: this.store.at(file.path),
    }));
    const folders = new Map(places.map((place) => [dirname(place.to), place]));
    for (const [folder, { file }] of folders) {
      this.attempt(file.path, () => makeWritable(folder));
    }
    for (const { from, file, to } of places)
      this.attempt(file.path, () => moveInto(from, to));
    await Promise.all([...folders.keys()].map(syncDirectory));
  }

  /** Only where nothing is yet. */
  placeNew(): void {
    for (const { from, file } of this.staged) {
      if (!existsSync(this.store.at(file.path))) {
        try {
          linkSync(from, this.store.at(file.path));
        } catch (error) {
          // Another agent of this run was faster.
          if (!existsSync(this.store.at(file.path)))
            throw writeError(error, this.store.shown(file.path));
        }
      }
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private attempt(path: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      throw writeError(error, this.store.shown(path));
    }
  }
}

/** Another batch may just have removed a folder that was empty, so each is tried twice. */
function makeWritable(folder: string): void {
  again(() => {
    mkdirSync(folder, FOLDER);
    accessSync(folder, constants.W_OK);
  });
}

function moveInto(from: string, to: string): void {
  again(() => {
    if (!existsSync(dirname(to))) mkdirSync(dirname(to), FOLDER);
    renameSync(from, to);
  });
}

function again(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    action();
  }
}
