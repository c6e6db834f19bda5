import type { ArtefactKind } from "../request/artefact";
import { isPermanent, pathsIn } from "./artefacts";
import type { Store } from "./store";

/** What a store has that a destroy keeps, because it cannot be made again. */
export interface Kept {
  /** The files, or the folders that contain them. Relative to the store. */
  readonly paths: readonly string[];
  /** `the keys of its certificate authorities` */
  readonly what: string;
}

export function keptIn(store: Store): Kept | undefined {
  const stamps = [...store.stamps().values()].filter(isPermanent);
  if (stamps.length === 0) return undefined;
  const files = (kinds: readonly ArtefactKind[]): string[] =>
    stamps.flatMap((stamp) =>
      kinds.includes(stamp.kind) ? pathsIn(stamp.files) : [],
    );
  const authorities = files(["authority", "imported-authority"]);
  const all = [...authorities, ...files(["key-pair"])];
  return {
    paths: [...new Set(all.map((path) => path.split("/")[0]))].sort(),
    what: authorities.some(isKey)
      ? "the keys of its certificate authorities"
      : all.some(isKey)
        ? "keys that cannot be made again"
        : "the certificates of its certificate authorities",
  };
}

const isKey = (path: string): boolean => path.endsWith(".key");
