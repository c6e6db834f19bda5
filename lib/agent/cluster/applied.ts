import type { ObjectName } from "./api-object";
import type { ObjectKind } from "./discovery";

/** The entry of an object in the inventory. Names contain no slash, but some contain spaces. */
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

/** The title of an object for people. It does not depend on the version. */
export function titleOf(object: ObjectName): string {
  const { namespace, name, kind } = object;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Identifies an object, independently of the version in which it is described. */
export const identityOf = (object: ObjectName): string =>
  `${groupOf(object)} ${titleOf(object)}`;

export const groupOf = ({ apiVersion }: ObjectKind): string =>
  apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
