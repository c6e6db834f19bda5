import { Tokenization } from "cdktf";
import { notData } from "./manifest-errors";

/** Deeper than any Kubernetes object, but not deep enough to overflow the stack of a recursive function. */
const DEPTH = 100;

/**
 * Throws if the value contains, at any depth, anything that a Kubernetes object cannot hold: YAML would change it or
 * lose it.
 *
 * @param where The prop that holds the value, such as `kubelet.config`.
 * @param parents The objects that contain the value, outermost first.
 */
export function requireData(
  where: string,
  value: unknown,
  parents: readonly unknown[] = [],
): void {
  const problem = problemOf(value, parents);
  if (problem !== undefined) throw notData(where, problem);
  if (typeof value !== "object" || value === null || isToken(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${where}[${key}]` : `${where}.${key}`;
    requireData(place, key, []);
    requireData(place, item, [...parents, value]);
  }
}

function problemOf(
  value: unknown,
  parents: readonly unknown[],
): string | undefined {
  if (typeof value === "string")
    return /\p{Surrogate}/u.test(value)
      ? "a text with half a character (a lone surrogate)"
      : undefined;
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : String(value);
  if (value === undefined || value === null || typeof value === "boolean")
    return undefined;
  if (typeof value !== "object") return `a ${typeof value}`;
  if (parents.includes(value)) return "an object that contains itself";
  if (parents.length >= DEPTH) return `more than ${DEPTH} levels deep`;
  // A Date becomes the same text in YAML as in JSON.
  return value instanceof Date || isToken(value) || isContainer(value)
    ? undefined
    : `an object of the class ${value.constructor.name}`;
}

const isToken = (value: object): boolean => Tokenization.isResolvable(value);

function isContainer(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    Array.isArray(value) || prototype === Object.prototype || prototype === null
  );
}
