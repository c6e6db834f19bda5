import type { Colour } from "../picture/words";

/** What a report says, without its form. */
export interface Document {
  readonly title: string;
  readonly about: Words;
  readonly chapters: readonly Chapter[];
}

/** A cluster or another store. */
export interface Chapter {
  readonly title: string;
  readonly about: Words;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: "text"; readonly words: Words }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  /** A few values, each with its name. */
  | {
      readonly kind: "values";
      readonly rows: readonly (readonly [string, Words])[];
    }
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Item[])[];
    }
  | {
      readonly kind: "image";
      readonly svg: string;
      /** The same in the language of Mermaid. */
      readonly mermaid?: string;
    };

export interface Item {
  readonly words: Words;
  readonly colour?: Colour;
  /** A remark below it. */
  readonly note?: Words;
}

/** Text, and parts of it that are commands, paths or values. All of it is data: nothing in it is markup. */
export type Words = readonly Word[];
export type Word = string | { readonly code: string };

export const code = (text: string): Word => ({ code: text });

/** A text with values in it. */
export const words = (
  texts: TemplateStringsArray,
  ...values: readonly (Word | number | Words)[]
): Words =>
  texts.flatMap((text, at): Words => {
    const value = values[at] ?? "";
    return [
      text,
      ...(Array.isArray(value)
        ? value
        : [typeof value === "number" ? String(value) : value]),
    ];
  });

export const text = (said: Words): Block => ({ kind: "text", words: said });

export const list = (items: readonly Item[]): Block => ({
  kind: "list",
  items,
});

export const table = (
  columns: readonly string[],
  rows: readonly (readonly Item[])[],
): Block => ({ kind: "table", columns, rows });

export const values = (rows: readonly (readonly [string, Words])[]): Block => ({
  kind: "values",
  rows,
});

export const image = (svg: string, mermaid?: string): Block => ({
  kind: "image",
  svg,
  ...(mermaid !== undefined && { mermaid }),
});

export const item = (
  said: Words | string,
  colour?: Colour,
  note?: Words,
): Item => ({
  words: typeof said === "string" ? [said] : said,
  ...(colour && { colour }),
  ...(note && { note }),
});
