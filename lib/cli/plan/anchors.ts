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

/** The hashes of the files of CAs that the state keeps, by absolute path. */
export type Hashes = ReadonlyMap<string, string>;

/** What the state knows about the CAs of the stores. */
export interface Anchors {
  readonly hashes: Hashes;
  /** Why the state has no hashes for a store, by the store's path as the user gave it. */
  readonly missing: ReadonlyMap<string, string>;
}

/**
 * Reads the hashes from the state. This needs Terraform and a synthesized app. Inspecting a store needs neither, so
 * without them there is nothing to compare with, and the user is told so.
 */
export async function anchorsOf(
  stores: readonly string[],
  { children, environment, output }: Context,
): Promise<Anchors> {
  const hashes = new Map<string, string>();
  const missing = new Map<string, string>();
  const stacks = new Map(
    stores.map((store) => [store, stackOf(resolve(store))]),
  );
  const found = [...stacks.values()].some((stack) => stack)
    ? await output
        .during({ phase: "find" }, () => Terraform.find(children, environment))
        .catch((error: unknown) => {
          if (error instanceof CliError) return error.message.split("\n")[0];
          throw error;
        })
    : "";
  for (const [store, stack] of stacks) {
    if (stack === undefined) missing.set(store, NO_APP);
    else if (typeof found === "string") missing.set(store, found);
    else {
      const state = await output
        .during({ phase: "state", stack: stack.name }, () =>
          found.state(stack.directory),
        )
        .catch((error: unknown) => {
          if (error instanceof CliError) return error;
          throw error;
        });
      if (typeof state !== "string") {
        missing.set(store, noRecord(found.inFolder(stack.directory)));
        continue;
      }
      const { resources } = readState(state);
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
      if (known.length === 0)
        missing.set(store, noRecord(found.inFolder(stack.directory)));
    }
  }
  children.throwIfInterrupted();
  return { hashes, missing };
}

const NO_APP =
  "no app synthesized in this folder has this store. Deploy the app, and run inspect in its folder";
/** @param terraform the beginning of a command that runs Terraform in the stack's folder */
const noRecord = (terraform: string): string =>
  `Terraform's state cannot be read, or has no record of these CAs. Deploy once, or run \`${terraform} init\``;

const isInFolder = (folder: string, path: string): boolean =>
  !relative(folder, path).startsWith("..");

/** The store's files of CAs whose content differs from the hash in the state. */
export const exchangedFiles = (store: Store, anchors: Hashes): string[] =>
  anchoredFiles(store, anchors).filter(
    (file) =>
      store.has(file) &&
      sha256(store.read(file) ?? "") !==
        anchors.get(join(store.directory, file)),
  );

/** The store's files whose hashes the state keeps. */
export const anchoredFiles = (store: Store, anchors: Hashes): string[] =>
  [...anchors.keys()]
    .map((path) => relative(store.directory, path))
    .filter((file) => !file.startsWith(".."));
