import { namelessArgument, notAllowed } from "./errors";
import { goDurationSeconds } from "../../catalog/go-duration";

/** From a checked value of the document to one of the draft. */
export type Convert = (value: unknown, path: string) => unknown;

interface Arg {
  readonly name?: string;
  readonly value?: string;
}

/** kubeadm's list of `{name, value}`, where a name may repeat, to flags by name. The order stays. */
export const toFlags: Convert = (value, path) => {
  const flags = new Map<string, string | string[]>();
  (value as readonly Arg[]).forEach((arg, index) => {
    if (!arg.name) throw namelessArgument(`${path}[${index}]`);
    const given = arg.value ?? "";
    const before = flags.get(arg.name);
    flags.set(arg.name, before === undefined ? given : [before, given].flat());
  });
  return Object.fromEntries(flags);
};

/** Names as kubeadm compares them. An interpolated value of another resource is not touched. */
export const toLowerCase: Convert = (value) => lower(value as string);

export const toLowerCaseList: Convert = (value) =>
  (value as readonly string[]).map(lower);

const lower = (text: string) =>
  text.includes("${") ? text : text.toLowerCase();

/** kubeadm trims a node's name as well. */
export const toNodeName: Convert = (value) => lower((value as string).trim());

export const toHours: Convert = (value, path) => {
  const seconds = goDurationSeconds(value as string);
  if (seconds <= 0)
    throw notAllowed(path, value as string, [
      "more than zero, for example 8760h",
    ]);
  return seconds / 3600;
};

export const negated: Convert = (value) => !value;

/** A path alone is one of the older spellings. */
export const toSocketUrl: Convert = (value) =>
  (value as string).startsWith("unix") ? value : `unix://${value as string}`;

export function oneOf(...allowed: readonly string[]): Convert {
  return (value, path) => {
    if (!allowed.includes(value as string))
      throw notAllowed(path, value as string, allowed);
    return value;
  };
}
