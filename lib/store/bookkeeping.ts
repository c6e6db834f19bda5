import type { Stamp } from "../request/artefact";
import type { Inventory } from "./inventory";
import type { StoredFile } from "./staging";

/** The folder of the stamps. */
export const STAMPS = ".stamps";
export const INVENTORY = "inventory.json";

export const stampPath = (file: string): string => `${STAMPS}/${file}.json`;

export const inventoryFile = (inventory: Inventory): StoredFile =>
  jsonFile(INVENTORY, inventory);

export const stampFile = (file: string, stamp: Stamp): StoredFile =>
  jsonFile(stampPath(file), stamp);

export const jsonFile = (path: string, value: unknown): StoredFile => ({
  path,
  content: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
  mode: 0o600,
});
