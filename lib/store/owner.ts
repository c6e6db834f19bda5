import {
  storeOfAnotherStack,
  storeOfAnotherWorkspace,
  unusableWorkspace,
} from "./errors";
import type { Inventory } from "./inventory";
import { DEFAULT_WORKSPACE } from "./workspace";

/** The owner of a store: one stack in one workspace, as with a state of Terraform. */
export interface Owner {
  readonly stack: string;
  readonly workspace: string;
}

/** The workspace that owns a store; `undefined` if the store has no owner yet. */
export const workspaceOf = (
  inventory: Inventory | undefined,
): string | undefined =>
  inventory && (inventory.workspace ?? DEFAULT_WORKSPACE);

/** The part of `Store` that is needed here. */
interface OwnedStore {
  inventory(): Inventory | undefined;
  shown(): string;
}

/** Refuses the store of another workspace: it holds another cluster. */
export function checkWorkspace(store: OwnedStore, workspace: string): void {
  // As part of the path of a store, these names lead to another folder.
  if ([".", ".."].includes(workspace)) throw unusableWorkspace(workspace);
  const owner = workspaceOf(store.inventory());
  if (owner !== undefined && owner !== workspace)
    throw storeOfAnotherWorkspace(store.shown(), owner, workspace);
}

/** Refuses the store of another workspace or stack. */
export function checkOwner(
  store: OwnedStore,
  { stack, workspace }: Owner,
): void {
  checkWorkspace(store, workspace);
  const owner = store.inventory()?.stack;
  if (owner && owner !== stack)
    throw storeOfAnotherStack(store.shown(), owner, stack);
}
