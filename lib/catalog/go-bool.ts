/** Go's spellings of true and false. @see https://pkg.go.dev/strconv#ParseBool */
const SPELLINGS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map(
    (text) => [text, true] as const,
  ),
  ...["0", "f", "F", "false", "FALSE", "False"].map(
    (text) => [text, false] as const,
  ),
]);

/** The value of a flag that is true or false, as Go reads it; `undefined` if it is neither. */
export const goBool = (text = ""): boolean | undefined => SPELLINGS.get(text);
