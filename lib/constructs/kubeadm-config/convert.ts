import { namelessArgument, notAllowed } from "./errors";
import { goDurationSeconds, LONGEST_HOURS } from "../../catalog/go-duration";

/** Converts a checked value of the document to a value of the draft. */
export type Convert = (value: unknown, path: string) => unknown;

interface Arg {
  readonly name?: string;
  readonly value?: string;
}

/** Converts kubeadm's list of `{name, value}`, in which a name may repeat, to flags by name, in the same order. */
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

/** Converts names to lower case, as kubeadm does. Values with Terraform expressions stay as they are. */
export const toLowerCaseList: Convert = (value) =>
  (value as readonly string[]).map(lower);

const lower = (text: string) =>
  text.includes("${") ? text : text.toLowerCase();

/** Also trims the name, as kubeadm does with node names. */
export const toNodeName: Convert = (value) => lower((value as string).trim());

export const toHours: Convert = (value, path) => {
  const seconds = goDurationSeconds(value as string);
  if (seconds <= 0)
    throw notAllowed(path, value as string, [
      "more than zero, for example 8760h",
    ]);
  const hours = seconds / 3600;
  if (hours > LONGEST_HOURS)
    throw notAllowed(path, value as string, [
      `at most ${LONGEST_HOURS}h, the longest duration in Go`,
    ]);
  return hours;
};

export const negated: Convert = (value) => !value;

/** Adds the scheme to a plain path, which older versions of kubeadm accepted. */
export const toSocketUrl: Convert = (value) =>
  (value as string).startsWith("unix") ? value : `unix://${value as string}`;

export function oneOf(...allowed: readonly string[]): Convert {
  return (value, path) => {
    if (!allowed.includes(value as string))
      throw notAllowed(path, value as string, allowed);
    return value;
  };
}
