import type { Style } from "../output";
import { wrap } from "../text";

/** Stands before what is fine, what should be looked at, and what is broken. It says the same without colours. */
export type Mark = " " | "!" | "x";

export function tinted(mark: Mark, text: string, style: Style): string {
  switch (mark) {
    case "x":
      return style.red(text);
    case "!":
      return style.yellow(text);
    case " ":
      return text;
  }
}

/** A text behind its mark. */
export const marked = (mark: Mark, text: string, style: Style): string[] =>
  wrap(text, style.width - 2).map((line, at) =>
    at === 0 ? `${tinted(mark, mark, style)} ${line}` : `  ${line}`,
  );
