import { join, relative, resolve } from "node:path";
import { sha256 } from "../../base/files";
import type { Store } from "../../store/store";
import { readContents } from "./contents";
import { CliError } from "../errors";
import { selectedWorkspace } from "./selected-workspace";
import { readState } from "./state";
import { stackOf } from "./stores";
import { Terraform } from "./terraform";
import type { Context } from "./workspace";

/** By absolute path: the hash that the state keeps of a file of an authority. */
export type Hashes = ReadonlyMap<string, string>;

/** What the state knows of the authorities in some stores. */
export interface Anchors {
  readonly hashes: Hashes;
  /** By the store as it was asked for: why the state says nothing of it. */
  readonly missing: ReadonlyMap<string, string>;
}

/**
 * Asks the state where the app was synthesized and Terraform is there. To look at a store needs neither: then there is
 * nothing to compare with, which people have to know.
 */
export async function anchorsOf(
  stores: readonly string[],
  { children, environment }: Context,
): Promise<Anchors> {
  const hashes = new Map<string, string>();
  const missing = new Map<string, string>();
  const stacks = new Map(
    stores.map((store) => [store, stackOf(resolve(store))]),
  );
  const found = [...stacks.values()].some((stack) => stack)
    ? await Terraform.find(children, environment).catch((error: unknown) => {
        if (error instanceof CliError) return error.message.split("\n")[0];
        throw error;
      })
    : "";
  for (const [store, stack] of stacks) {
    if (stack === undefined) missing.set(store, NO_APP);
    else if (typeof found === "string") missing.set(store, found);
    else {
      const { resources } = readState(await found.state(stack.directory));
      const workspace = selectedWorkspace(stack.directory, environment);
      const rows = [...readContents(stack, workspace).resources.values()];
      const known = rows.flatMap((row): [string, string][] => {
        if (row.kind !== "anchor") return [];
        const path = join(row.store.directory, row.file);
        const hash = resources.get(row.address)?.triggers?.sha256;
        const isHere = isInFolder(resolve(store), path);
        return hash !== undefined && isHere ? [[path, hash]] : [];
      });
      for (const [path, hash] of known) hashes.set(path, hash);
      if (known.length === 0) missing.set(store, NO_RECORD);
    }
  }
  children.goOn();
  return { hashes, missing };
}

const NO_APP =
  "no app that was synthesized here has this store. Run inspect in the folder of the app, after a deploy there";
const NO_RECORD =
  "Terraform's state cannot be read, or has no record of them. Deploy once, or run `terraform init` in the stack's folder";

const isInFolder = (folder: string, path: string): boolean =>
  !relative(folder, path).startsWith("..");

/** The files of authorities that are not those that the state knows. */
export const exchangedFiles = (store: Store, anchors: Hashes): string[] =>
  anchoredFiles(store, anchors).filter(
    (file) =>
      store.has(file) &&
      sha256(store.read(file) ?? "") !==
        anchors.get(join(store.directory, file)),
  );

/** Of the store, what the state keeps the hash of. */
export const anchoredFiles = (store: Store, anchors: Hashes): string[] =>
  [...anchors.keys()]
    .map((path) => relative(store.directory, path))
    .filter((file) => !file.startsWith(".."));
