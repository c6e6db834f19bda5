import { frozen } from "./frozen";

/** Go's spellings of true and false. @see https://pkg.go.dev/strconv#ParseBool */
export const GO_BOOL = frozen(
  /^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/,
);

/** The value of a flag that is true or false, as Go reads it; `undefined` if it is neither. */
export const goBool = (text = ""): boolean | undefined =>
  GO_BOOL.test(text) ? /^[1tT]/.test(text) : undefined;
