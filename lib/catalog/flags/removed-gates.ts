import { goBool } from "../go-bool";
import { LOCKED_GATES, REMOVED_GATES } from "./gates";

/** Why a component does not start with a feature gate. */
export interface GateProblem {
  readonly gate: string;
  /** The minor that removed the gate, or that locked it. */
  readonly since: number;
  /** The value to which it is locked. Absent: it was removed. */
  readonly locked?: boolean;
}

const words = (text: string): string[] => text.trim().split(/\s+/);

const REMOVED = new Map(
  Object.entries(REMOVED_GATES).flatMap(([minor, gates]) =>
    words(gates).map((gate) => [gate, Number(minor)] as const),
  ),
);
const LOCKED = new Map(
  Object.entries(LOCKED_GATES).flatMap(([minor, gates]) =>
    words(gates).map((each) => {
      const [gate, value] = each.split("=");
      return [gate, { since: Number(minor), to: value === "true" }] as const;
    }),
  ),
);

/** Why the components of a minor do not start with this value of a gate; `undefined` if they do. */
export function gateProblem(
  gate: string,
  value: boolean,
  minor: number,
): GateProblem | undefined {
  const removed = REMOVED.get(gate);
  if (removed !== undefined && removed <= minor)
    return { gate, since: removed };
  const locked = LOCKED.get(gate);
  return locked && locked.since <= minor && locked.to !== value
    ? { gate, since: locked.since, locked: locked.to }
    : undefined;
}

/** The gates in the value of `--feature-gates`: `A=true,B=false`. Words that are no gates are left out. */
export const gatesIn = (value: string): [gate: string, value: boolean][] =>
  value.split(",").flatMap((each): [string, boolean][] => {
    const [gate, given] = each.split("=").map((part) => part.trim());
    const value = goBool(given);
    return gate === "" || value === undefined ? [] : [[gate, value]];
  });
