import {
  storeOfAnotherStack,
  storeOfAnotherWorkspace,
  unusableWorkspace,
} from "./errors-owner";
import type { Inventory } from "./inventory";
import { DEFAULT_WORKSPACE } from "./workspace";

/** Whose a store is: a state of Terraform belongs to one stack in one workspace. */
export interface Owner {
  readonly stack: string;
  readonly workspace: string;
}

/** `undefined` where nobody has claimed the store. */
export const workspaceOf = (
  inventory: Inventory | undefined,
): string | undefined =>
  inventory && (inventory.workspace ?? DEFAULT_WORKSPACE);

/** A store, as far as this needs one. */
interface Claimed {
  inventory(): Inventory | undefined;
  shown(): string;
}

/** Refuses the store of another workspace: its cluster is not the one that is meant. */
export function checkWorkspace(store: Claimed, workspace: string): void {
  // In the name of a store's folder they lead to another folder.
  if ([".", ".."].includes(workspace)) throw unusableWorkspace(workspace);
  const owner = workspaceOf(store.inventory());
  if (owner !== undefined && owner !== workspace)
    throw storeOfAnotherWorkspace(store.shown(), owner, workspace);
}

/** Refuses the store of another workspace or stack. */
export function checkOwner(store: Claimed, { stack, workspace }: Owner): void {
  checkWorkspace(store, workspace);
  const owner = store.inventory()?.stack;
  if (owner && owner !== stack)
    throw storeOfAnotherStack(store.shown(), owner, stack);
}
