import { lastValue, valuesOf } from "../arguments";
import type { ComponentId } from "../component-id";
import { frozen } from "../frozen";
import type { ExtraArgs } from "../site";

/** A check of the benchmark. */
export interface HardeningCheck {
  readonly id: string;
  /** Whether it counts. The others are left to the judgement of people. */
  readonly scored: boolean;
  /** What must hold, as a sentence without a full stop. */
  readonly what: string;
  readonly test: CheckTest;
}

/** How it can be seen whether a check holds. */
export type CheckTest =
  | FlagsTest
  /** Each of the files, if a node has it. A folder ends with `/` and stands for all files in it. */
  | {
      readonly on: "files";
      readonly paths: readonly string[];
      /** The most that may be allowed, in octal. */
      readonly mode?: string;
      readonly owner?: string;
    }
  /** Only a host or a person can tell. */
  | { readonly on: "host" | "people" };

export interface FlagsTest {
  readonly on: "flags";
  readonly component: ComponentId;
  /** One of the lists must hold as a whole. */
  readonly either: readonly (readonly FlagTest[])[];
}

/** What a flag must be. */
export type FlagTest = { readonly flag: string } & (
  | { readonly is: "set" | "unset" }
  | {
      readonly is: "equal" | "unlike" | "with" | "without";
      readonly value: string;
    }
  | { readonly is: "at least"; readonly value: number }
  | { readonly is: "within"; readonly values: readonly string[] }
);

/** Whether flags are as a check wants them. */
export const holds = ({ either }: FlagsTest, args: ExtraArgs): boolean =>
  either.some((all) => all.every((test) => isMet(test, args)));

function isMet(test: FlagTest, args: ExtraArgs): boolean {
  const value = lastValue(args, test.flag);
  if (test.is === "unset") return value === undefined;
  if (value === undefined) return false;
  const words = valuesOf(args, test.flag)
    .flatMap((each) => each.split(","))
    .map((word) => word.trim());
  switch (test.is) {
    case "set":
      return value !== "";
    case "equal":
      return value.trim().toLowerCase() === test.value;
    case "unlike":
      return value.trim().toLowerCase() !== test.value;
    case "with":
      return words.includes(test.value);
    case "without":
      return !words.includes(test.value);
    case "at least":
      return Number(value) >= test.value;
    case "within":
      return words.every((word) => test.values.includes(word));
  }
}

export const set = (flag: string): FlagTest => ({ flag, is: "set" });
export const unset = (flag: string): FlagTest => ({ flag, is: "unset" });
export const equal = (flag: string, value: string): FlagTest => ({
  flag,
  is: "equal",
  value,
});
export const unlike = (flag: string, value: string): FlagTest => ({
  flag,
  is: "unlike",
  value,
});
export const having = (flag: string, value: string): FlagTest => ({
  flag,
  is: "with",
  value,
});
export const without = (flag: string, value: string): FlagTest => ({
  flag,
  is: "without",
  value,
});
export const atLeast = (flag: string, value: number): FlagTest => ({
  flag,
  is: "at least",
  value,
});
export const within = (flag: string, values: readonly string[]): FlagTest => ({
  flag,
  is: "within",
  values,
});

/** Makes checks of one component's flags. A list is an alternative; a single test stands alone. */
export const checksOf =
  (component: ComponentId) =>
  (
    id: string,
    what: string,
    ...either: readonly (FlagTest | readonly FlagTest[])[]
  ): HardeningCheck =>
    frozen({
      id,
      scored: true,
      what,
      test: {
        on: "flags",
        component,
        either: either.map((each) =>
          Array.isArray(each)
            ? (each as readonly FlagTest[])
            : [each as FlagTest],
        ),
      },
    });

export const files = (
  id: string,
  what: string,
  paths: readonly string[],
  must: { readonly mode?: string; readonly owner?: string },
): HardeningCheck =>
  frozen({ id, scored: true, what, test: { on: "files", paths, ...must } });

export const seen = (
  on: "host" | "people",
  id: string,
  what: string,
): HardeningCheck => frozen({ id, scored: on === "host", what, test: { on } });

/** A check that does not count. */
export const unscored = (check: HardeningCheck): HardeningCheck =>
  frozen({ ...check, scored: false });
