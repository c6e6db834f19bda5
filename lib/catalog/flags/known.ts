import type { ComponentId } from "../component-id";
import { GO_BOOL } from "../go-bool";
import { GO_DURATION } from "../go-duration";
import { KNOWN_FLAGS } from "./known-flags";

/** The type of a flag's values in Go. */
export interface FlagType {
  /** The allowed values, for error messages. */
  readonly allowed: string;
  readonly pattern: RegExp;
}

/** The types, with the values that Go's package pflag accepts. @see https://pkg.go.dev/github.com/spf13/pflag */
const TYPES = {
  bool: {
    allowed: "true or false",
    pattern: GO_BOOL,
  },
  int: {
    allowed: "a whole number",
    pattern: /^[-+]?(\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/,
  },
  float: {
    allowed: "a number",
    pattern: /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/,
  },
  duration: {
    allowed: "a duration as Go writes it, such as 90s or 1h30m",
    pattern: GO_DURATION,
  },
} satisfies Record<string, FlagType>;

export interface KnownFlag {
  readonly type?: FlagType;
  /** The first minor version of Kubernetes with the flag. Absent if all supported versions have it. */
  readonly from?: number;
  /** The first minor version that no longer has it. */
  readonly until?: number;
}

const read = new Map<ComponentId, ReadonlyMap<string, KnownFlag>>();

/** All flags that a component has in any supported version. */
export function knownFlags(
  component: ComponentId,
): ReadonlyMap<string, KnownFlag> {
  const known = read.get(component) ?? new Map(flagsIn(KNOWN_FLAGS[component]));
  read.set(component, known);
  return known;
}

const flagsIn = (text: string): [string, KnownFlag][] =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [, name, type, from, until] =
        /^([^:<>]+)(?::(\w+))?(?:>=(\d+))?(?:<(\d+))?$/.exec(word)!;
      return [
        name,
        {
          type:
            type === undefined ? undefined : TYPES[type as keyof typeof TYPES],
          from: from === undefined ? undefined : Number(from),
          until: until === undefined ? undefined : Number(until),
        },
      ];
    });

export const isIn = (
  { from = 0, until = Infinity }: KnownFlag,
  minor: number,
) => from <= minor && minor < until;
