import { isCollection, isPair, isScalar, type Pair } from "yaml";

/** A node of the parser with its position in the text. */
export interface Ranged {
  readonly range?: readonly [number, number, number] | null;
}

export const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (isScalar(value) && value.value === null);

export const keyOf = ({ key }: Pair): unknown =>
  isScalar(key) ? key.value : key;

export const rangeOf = ({ range }: Ranged): readonly [number, number, number] =>
  range ?? [0, 0, 0];

export const colonOf = (pair: Pair, text: string): number =>
  text.indexOf(":", rangeOf(pair.key as Ranged)[1]) + 1;

/** The end of a node's content, without comments behind it. */
export function endOf(node: unknown): number {
  if (isPair(node)) {
    const value = node.value as Ranged | null;
    const key = rangeOf(node.key as Ranged)[1] + 1;
    return value ? Math.max(key, endOf(value)) : key;
  }
  if (isCollection(node) && !node.flow && node.items.length > 0)
    return endOf(node.items.at(-1));
  return rangeOf(node as Ranged)[1];
}

export const lineStart = (text: string, at: number): number =>
  text.lastIndexOf("\n", at - 1) + 1;

/** The position behind the line break of a line. A block scalar ends there already. */
export function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === "\n") return at;
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}
