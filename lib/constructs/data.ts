import { Tokenization } from "cdktf";
import { noData } from "./manifest-errors";

/** More than anything in Kubernetes has, and less than what overflows the stack of who walks through it. */
const DEPTH = 100;

/**
 * Refuses what the API of Kubernetes cannot hold, at any depth: YAML would say it in a way of its own, or lose it.
 *
 * @param where `kubelet.config`
 */
export function requireData(
  where: string,
  value: unknown,
  around: readonly unknown[] = [],
): void {
  const wrong = whyNoData(value, around);
  if (wrong !== undefined) throw noData(where, wrong);
  if (typeof value !== "object" || value === null || isLater(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${where}[${key}]` : `${where}.${key}`;
    requireData(place, key, []);
    requireData(place, item, [...around, value]);
  }
}

function whyNoData(
  value: unknown,
  around: readonly unknown[],
): string | undefined {
  if (typeof value === "string")
    return /\p{Surrogate}/u.test(value)
      ? "a text with half of a character, a lone surrogate"
      : undefined;
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : String(value);
  if (value === undefined || value === null || typeof value === "boolean")
    return undefined;
  if (typeof value !== "object") return `a ${typeof value}`;
  if (around.includes(value)) return "an object that is a part of itself";
  if (around.length >= DEPTH) return `more than ${DEPTH} levels deep`;
  // YAML has a time as the text that JSON has.
  return value instanceof Date || isLater(value) || isContainer(value)
    ? undefined
    : `an object of the class ${value.constructor.name}`;
}

const isLater = (value: object): boolean => Tokenization.isResolvable(value);

function isContainer(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    Array.isArray(value) || prototype === Object.prototype || prototype === null
  );
}
