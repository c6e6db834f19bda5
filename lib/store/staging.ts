import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  errorCode,
  syncDirectory,
  writeError,
  writeNew,
  writing,
} from "../base/files";

/** A file that is to be written: its path in the store, content and mode. */
export interface StoredFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

export const STAGING = ".staging";

/** Makes a folder and those around it as they are on a node, whatever the umask is. */
function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: FOLDER });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made))
    chmodSync(made, FOLDER);
}

/** Only the owner may write into it. */
const FOLDER = 0o755;

interface StagingTarget {
  readonly directory: string;
  at(path: string): string;
  shown(path: string): string;
}

/**
 * Holds the files of one write until all are complete, in a folder of this agent in the store. This folder is on the
 * same disk, so that each file can be renamed into place, and it is in no tree that is delivered.
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
    writing(this.store.shown(""), () =>
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

  /** Moves all files into place. If one of the folders is not writable, it moves none. */
  async place(): Promise<void> {
    const places = this.staged.map(({ from, file }) => ({
      from,
      file,
      to: this.store.at(file.path),
    }));
    const folders = new Map(places.map((place) => [dirname(place.to), place]));
    for (const [folder, { file }] of folders) {
      writing(this.store.shown(file.path), () => makeWritable(folder));
    }
    for (const { from, file, to } of places)
      writing(this.store.shown(file.path), () => moveInto(from, to));
    await Promise.all([...folders.keys()].map(syncDirectory));
  }

  /** Moves files into place at whose paths nothing exists. */
  placeNew(): void {
    for (const { from, file } of this.staged) {
      if (!existsSync(this.store.at(file.path))) {
        try {
          linkSync(from, this.store.at(file.path));
        } catch (error) {
          // It is no error if another agent of this run created the file first.
          if (!existsSync(this.store.at(file.path)))
            throw writeError(error, this.store.shown(file.path));
        }
      }
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function makeWritable(folder: string): void {
  retryIfVanished(() => {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  });
}

function moveInto(from: string, to: string): void {
  retryIfVanished(() => {
    if (!existsSync(dirname(to))) makeFolder(dirname(to));
    renameSync(from, to);
  });
}

/** Another batch may remove an empty folder at the same moment, so the action is tried twice. */
function retryIfVanished(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    action();
  }
}
