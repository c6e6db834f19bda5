import type { ObjectName } from "./api-object";
import type { ObjectKind } from "./discovery";

/** Names hold no slash, but some hold spaces. */
export function entryOf(object: ObjectName): string {
  const { apiVersion, kind, namespace, name } = object;
  const qualified = namespace === undefined ? name : `${namespace}/${name}`;
  return `${apiVersion} ${kind} ${qualified}`;
}

export function objectOf(entry: string): ObjectName {
  const [apiVersion, kind, ...rest] = entry.split(" ");
  const [namespace, name] = rest.join(" ").split("/");
  return name === undefined
    ? { apiVersion, kind, name: namespace }
    : { apiVersion, kind, namespace, name };
}

/** For people, and the same for all versions of its group. */
export function titleOf(object: ObjectName): string {
  const { namespace, name, kind } = object;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** What an object is, whichever version describes it. */
export const identityOf = (object: ObjectName): string =>
  `${groupOf(object)} ${titleOf(object)}`;

export const groupOf = ({ apiVersion }: ObjectKind): string =>
  apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
