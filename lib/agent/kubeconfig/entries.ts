import { isDeepStrictEqual } from "node:util";

/** The lists of a kubeconfig, and the field of their items that holds what is named. */
export const LISTS = {
  clusters: "cluster",
  contexts: "context",
  users: "user",
} as const;

export type List = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as readonly List[];

export type Fields = Readonly<Record<string, unknown>>;

/** One cluster, context or user of a kubeconfig. */
export interface Entry {
  readonly list: List;
  readonly name: string;
  readonly fields: Fields;
}

/** A kubeconfig as we write it. */
export type Kubeconfig = Readonly<
  Record<List, readonly (Fields & { readonly name: string })[]>
> & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly "current-context"?: string;
};

export const entriesOf = (config: Kubeconfig | undefined): Entry[] =>
  LIST_NAMES.flatMap((list) =>
    (config?.[list] ?? []).map((item) => ({
      list,
      name: item.name,
      fields: item[LISTS[list]] as Fields,
    })),
  );

export const isSameName = (a: Entry, b: Entry): boolean =>
  a.list === b.list && a.name === b.name;

/** For people: `user cdktf:prod`. */
export const titleOf = ({ list, name }: Pick<Entry, "list" | "name">) =>
  `${LISTS[list]} ${name}`;

/** Which namespace a context is in people choose as they work. */
const isTheirs = (list: List, field: string): boolean =>
  list === "contexts" && field === "namespace";

/** The fields of ours that are not as we have them; others may have added some. */
export const changedFields = (
  theirs: Fields,
  { list, fields }: Entry,
): string[] =>
  Object.keys(fields).filter(
    (key) =>
      !isTheirs(list, key) && !isDeepStrictEqual(theirs[key], fields[key]),
  );

/** What others added stays, and so does what is theirs to choose once they chose. */
export function withOurs(
  theirs: Fields,
  ours: Fields | undefined,
  { list, fields }: Entry,
): Fields {
  const isOurs = (key: string): boolean =>
    isTheirs(list, key)
      ? isDeepStrictEqual(theirs[key], ours?.[key])
      : key in fields || key in (ours ?? {});
  const kept = Object.entries(theirs).filter(([key]) => !isOurs(key));
  const wanted = Object.entries(fields).filter(
    ([key]) => !isTheirs(list, key) || isOurs(key),
  );
  return Object.fromEntries([...kept, ...wanted]);
}
