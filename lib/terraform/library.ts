import { type TerraformProvider, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import {
  type Library,
  otherLibrary,
  otherProvider,
  otherVersion,
} from "./errors";

/** By this symbol, each class of cdktf and of cdktn says to which library and version it belongs. */
const DESCRIPTION = Symbol.for("jsii.rtti");

interface Described {
  readonly [DESCRIPTION]?: { readonly fqn: string; readonly version: string };
}

/** The library whose class a class is, or extends. */
function libraryOf(type: object | null): Library | undefined {
  if (type === null) return undefined;
  const { fqn = "", version = "" } = (type as Described)[DESCRIPTION] ?? {};
  const name = /^(cdktf|cdktn)\./.exec(fqn)?.[1];
  return name === undefined
    ? libraryOf(Object.getPrototypeOf(type) as object | null)
    : { name, version: version.split(".").slice(0, 2).join(".") };
}

/**
 * Refuses a scope whose stack is of the other library, or of another version. The libraries recognize each other's
 * objects as their own, and would fail at synthesis, when they call a method that these objects lack. A second copy of
 * the same version is no problem.
 */
export function checkStack(scope: IConstruct): void {
  const stack = TerraformStack.of(scope);
  const [theirs, own] = [stack.constructor, TerraformStack].map(libraryOf);
  if (!theirs || !own) return;
  if (theirs.name !== own.name) throw otherLibrary(stack.node.id, theirs, own);
  if (theirs.version !== own.version)
    throw otherVersion(stack.node.id, theirs, own);
}

/** Refuses a provider of the other library, for the same reason. */
export function checkProvider(provider: TerraformProvider): void {
  const [theirs, own] = [provider.constructor, TerraformStack].map(libraryOf);
  if (theirs && own && theirs.name !== own.name)
    throw otherProvider(provider.node.id, theirs, own);
}
