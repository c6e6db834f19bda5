import { statSync } from "node:fs";
import { rfc3339 } from "../../base/duration";
import { printable } from "../../base/visible";
import type {
  ArtefactRow,
  ManifestResource,
  RolloutOrder,
} from "../../request/manifest";
import { INVENTORY } from "../../store/bookkeeping";
import type { Inventory } from "../../store/inventory";
import { Store } from "../../store/store";
import type { Hashes } from "../plan/anchors";
import type { Contents, StackStore } from "../plan/contents";
import type { CheckedStore } from "../report/check-table";
import { inspectStore } from "../report/inspect";
import type { InspectedStore } from "../report/inspected";
import { shownPath } from "../text";

/** All that is known about a store: what the program says, what is in it, and what its hosts said. Every text is printable. */
export interface StoreFacts {
  /** Its path, as people read it. */
  readonly store: string;
  readonly stack: string;
  /** This library's resources of the store, as synthesis listed them. */
  readonly rows: readonly ManifestResource[];
  /** Absent before the first rollout. */
  readonly inventory?: Inventory;
  /** When the inventory was written. */
  readonly recorded?: string;
  /** Absent before the first deploy. */
  readonly inspected?: InspectedStore;
  /** The paths of its files. */
  readonly files: readonly string[];
  /** What its hosts said. Absent if they were not asked. */
  readonly checked?: CheckedStore;
}

/** What others know of a store. */
export interface MoreFacts {
  /** The hashes of its CAs in Terraform's state. */
  readonly anchors?: Hashes;
  /** Why there are none. */
  readonly unanchored?: string;
  readonly checked?: CheckedStore;
}

/** Reads a store, which need not exist yet. */
export function factsOf(
  store: StackStore,
  { resources }: Contents,
  now: Date,
  { anchors, unanchored, checked }: MoreFacts = {},
): StoreFacts {
  const { stack, directory, addresses } = store;
  const found = new Store(directory);
  const rows = addresses.flatMap((address) => resources.get(address) ?? []);
  const about = {
    store: shownPath(directory),
    stack,
    rows: rows.map((row) => ({ ...row, store: undefined })),
    files: [],
    ...(checked && { checked }),
  };
  if (!found.exists) return printable(about);
  const inventory = found.inventory();
  return printable({
    ...about,
    ...(inventory && { inventory, recorded: recordedAt(found) }),
    inspected: {
      ...inspectStore(found, now, anchors),
      ...(unanchored !== undefined && { unanchored }),
    },
    files: found.files(),
  });
}

const recordedAt = (store: Store): string =>
  rfc3339(statSync(store.at(INVENTORY)).mtime);

export const artefactsOf = ({ rows }: StoreFacts): ArtefactRow[] =>
  rows.flatMap((row) => (row.kind === "artefact" ? [row] : []));

/** The requests of its rollouts: that of the control plane, and those of the pools. */
export const rolloutsOf = ({ rows }: StoreFacts): RolloutOrder[] =>
  rows.flatMap((row) => (row.kind === "rollout" ? [row.request] : []));
