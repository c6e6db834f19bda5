import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { LIMITS } from "../../../lib/base/limits";
import { INVENTORY } from "../../../lib/store/bookkeeping";
import { errorCode } from "../../../lib/base/files";
import { type Change, changed, changeOf } from "./bytes";

/** How one entry of a store is damaged. Data only, so that fast-check can print it. */
export interface Damage {
  readonly file: string;
  readonly how: keyof typeof WAYS | Change;
  /** Another entry of the store, for ways that need two. */
  readonly other: string;
}

interface Place {
  readonly path: string;
  /** The path of the other entry. */
  readonly other: string;
  /** A file that is not in the store. */
  readonly outside: string;
}

type Way = (place: Place) => void;

/** An earlier damage may have removed the file, or have put there what must not be read, such as a FIFO. */
function content(path: string): Buffer {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile ? readFileSync(path) : Buffer.alloc(0);
}

function put(path: string, bytes: Buffer | string): void {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, bytes, { mode: 0o600 });
}

const instead =
  (make: (place: Place) => void): Way =>
  (place) => {
    rmSync(place.path, { recursive: true, force: true });
    make(place);
  };

const WAYS = {
  exchanged: ({ path, other }) => {
    const [one, two] = [content(path), content(other)];
    put(path, two);
    put(other, one);
  },
  "a copy of another": ({ path, other }) => put(path, content(other)),
  removed: instead(() => undefined),
  "a folder": instead(({ path }) => mkdirSync(path)),
  "a folder with a file": instead(({ path }) => {
    mkdirSync(path);
    writeFileSync(join(path, "x"), "x");
  }),
  "a FIFO": instead(({ path }) => execFileSync("mkfifo", [path])),
  "a link out of the store": instead(({ path, outside }) =>
    symlinkSync(outside, path),
  ),
  "a link to a folder out of the store": instead(({ path, outside }) =>
    symlinkSync(dirname(outside), path),
  ),
  "a link to another": instead(({ path, other }) => symlinkSync(other, path)),
  "a link to nothing": instead(({ path }) => symlinkSync("nothing", path)),
  "a huge file": instead(({ path }) => {
    writeFileSync(path, "");
    truncateSync(path, LIMITS.storeFile + 1);
  }),
  "of mode 000": ({ path }) => chmodSync(path, 0),
  "of mode 777": ({ path }) => chmodSync(path, 0o777),
  "of another user": ({ path }) => chownSync(path, 65534, 65534),
} satisfies Record<string, Way>;

/** The entries of a store that may be damaged. */
interface Entries {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export function damageOf({ files, folders }: Entries): fc.Arbitrary<Damage> {
  const file = fc.oneof(
    { weight: 1, arbitrary: fc.constant(INVENTORY) },
    { weight: 4, arbitrary: fc.constantFrom(...files) },
  );
  const entry = fc.constantFrom(...files, ...folders);
  const way = fc.constantFrom(...(Object.keys(WAYS) as (keyof typeof WAYS)[]));
  const plain = { noNullPrototype: true };
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ file, how: changeOf(), other: file }, plain),
    },
    {
      weight: 1,
      arbitrary: fc.record({ file: entry, how: way, other: entry }, plain),
    },
  );
}

/** Damages an entry of a store. What an earlier damage made impossible is left out. */
export function damage(
  store: string,
  outside: string,
  { file, how, other }: Damage,
): void {
  const path = join(store, file);
  try {
    if (typeof how === "string")
      WAYS[how]({ path, other: join(store, other), outside });
    else put(path, changed(content(path), how));
  } catch (error) {
    if (!/^E(NOENT|NOTDIR|ISDIR|LOOP|EXIST)$/.test(errorCode(error)))
      throw error;
  }
}
