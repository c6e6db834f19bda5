import { resolve } from "node:path";
import { readContents } from "./contents";
import { selectedWorkspace } from "./selected-workspace";
import { readState } from "./state";
import { stackOf } from "./stores";
import { Terraform } from "./terraform";
import type { Context } from "./workspace";

/** By absolute path: the hash that the state keeps of a file of an authority. */
export type Anchors = ReadonlyMap<string, string>;

/**
 * What the state knows of the authorities in some stores. It is asked where the app was synthesized and Terraform is
 * there: to look at a store needs neither, so that without them there is nothing to compare with.
 */
export async function anchorsOf(
  stores: readonly string[],
  { children, environment }: Context,
): Promise<Anchors> {
  const anchors = new Map<string, string>();
  const stacks = new Map(
    stores.flatMap((store) => {
      const stack = stackOf(resolve(store));
      return stack ? [[stack.name, stack]] : [];
    }),
  );
  const terraform =
    stacks.size > 0
      ? await Terraform.find(children, environment).catch(() => undefined)
      : undefined;
  for (const stack of terraform ? stacks.values() : []) {
    const { records } = readState(
      (await terraform?.state(stack.directory)) ?? "",
    );
    const workspace = selectedWorkspace(stack.directory, environment);
    for (const [address, path] of readContents(stack, workspace).anchors) {
      const hash = records.get(address)?.triggers.sha256;
      if (hash !== undefined) anchors.set(path, hash);
    }
  }
  children.goOn();
  return anchors;
}
