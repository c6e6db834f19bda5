import { AgentError } from "../base/errors";
import type { ArtefactKind, Stamp } from "../request/artefact";
import { isPermanent, pathsIn } from "./artefacts";
import { STAMPS } from "./bookkeeping";
import type { Store } from "./store";

/** Whether a folder is a store. After a destroy, a store has no owner, but still stamps of what was kept. */
export const isStore = (store: Store): boolean =>
  store.isClaimed || store.files(STAMPS).length > 0;

/** What a store has that a destroy keeps, because it cannot be made again. */
export interface Kept {
  /** The files, or the folders that contain them. Relative to the store. */
  readonly paths: readonly string[];
  /** `the keys of its certificate authorities` */
  readonly what: string;
}

export function keptIn(store: Store): Kept | undefined {
  const stamps = permanentStamps(store);
  if (stamps.length === 0) return undefined;
  const files = (kinds: readonly ArtefactKind[]): string[] =>
    stamps.flatMap((stamp) =>
      kinds.includes(stamp.kind) ? pathsIn(stamp.files) : [],
    );
  const authorities = files(["authority", "imported-authority"]);
  const all = [...authorities, ...files(["key-pair", "encryption-key"])];
  return {
    paths: [...new Set(all.map((path) => path.split("/")[0]))].sort(),
    what: authorities.some(isKey)
      ? "the keys of its certificate authorities"
      : all.some(isKey)
        ? "keys that cannot be made again"
        : "the certificates of its certificate authorities",
  };
}

/** None if the store cannot be read, for which there are other messages. */
function permanentStamps(store: Store): Stamp[] {
  try {
    return [...store.stamps().values()].filter(isPermanent);
  } catch (error) {
    if (error instanceof AgentError) return [];
    throw error;
  }
}

const isKey = (path: string): boolean => path.endsWith(".key");
