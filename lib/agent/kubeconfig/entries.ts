import { isDeepStrictEqual } from "node:util";
import {
  anyRecord,
  fields,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";

/** The lists of a kubeconfig, with the field of their items that contains the content. */
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

/** A kubeconfig that the agent writes. */
export type Kubeconfig = Readonly<
  Record<List, readonly (Fields & { readonly name: string })[]>
> & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly "current-context"?: string;
};

const entries = (field: string) =>
  list(fields({ name: text, [field]: anyRecord }));

/** A kubeconfig of the store, which somebody may have edited. */
export const KUBECONFIG = fields({
  "current-context": optional(text),
  clusters: entries(LISTS.clusters),
  contexts: entries(LISTS.contexts),
  users: entries(LISTS.users),
}) as Shape<Kubeconfig>;

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

/** The title of an entry, for people: `user cdktf:prod`. */
export const titleOf = ({ list, name }: Pick<Entry, "list" | "name">) =>
  `${LISTS[list]} ${name}`;

/** Whether a field belongs to the users: they change the namespace of a context as they work. */
const isUsersChoice = (list: List, field: string): boolean =>
  list === "contexts" && field === "namespace";

/** The names of our fields that others changed. Fields that others added do not matter. */
export const changedFields = (
  theirs: Fields,
  { list, fields }: Entry,
): string[] =>
  Object.keys(fields).filter(
    (key) =>
      !isUsersChoice(list, key) && !isDeepStrictEqual(theirs[key], fields[key]),
  );

/** The fields of an entry after a merge. Fields that others added stay, and so does the namespace if the user set it. */
export function withOurs(
  theirs: Fields,
  ours: Fields | undefined,
  { list, fields }: Entry,
): Fields {
  const isOurs = (key: string): boolean =>
    isUsersChoice(list, key)
      ? isDeepStrictEqual(theirs[key], ours?.[key])
      : key in fields || key in (ours ?? {});
  const kept = Object.entries(theirs).filter(([key]) => !isOurs(key));
  const wanted = Object.entries(fields).filter(
    ([key]) => !isUsersChoice(list, key) || isOurs(key),
  );
  return Object.fromEntries([...kept, ...wanted]);
}
