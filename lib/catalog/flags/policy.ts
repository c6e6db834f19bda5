import { frozen } from "../frozen";
/**
 * What happens where a user sets a flag. Without a row the value simply replaces the default, as with kubeadm. The flags
 * that Kubernetes removed are refused, see `removed-flags.ts`.
 */
export type FlagPolicy = AddPolicy | WarnPolicy;

/** The default is a list: `addArgs` adds to it, and `extraArgs` replaces it. */
export interface AddPolicy {
  readonly policy: "add";
  readonly flag: string;
  /** How the component takes several values: in one, separated by commas, or the flag once for each. */
  readonly values: "comma" | "repeated";
}

/** Some values weaken the cluster: they win, as with kubeadm, and a warning says what they open. */
export interface WarnPolicy {
  readonly policy: "warn";
  /** The flag that the warning names. */
  readonly flag: string;
  /** All of them have to hold. They are data, because Terraform judges what is known only at apply. */
  readonly when: readonly FlagCondition[];
  /** What it opens, a clause: `everybody may do everything`. */
  readonly opens: string;
}

export interface FlagCondition {
  readonly flag: string;
  /**
   * `is`: the last value is that. `has`: a word in the list is. `lacks`: no word in the list is, though the default has
   * it. `differs`: the last value is another one than the default, where there is one.
   */
  readonly test: "is" | "has" | "lacks" | "differs";
  /** Of the whole value or word, without blanks around it. Go, JavaScript and Terraform read it alike. */
  readonly pattern: string;
}

export const add = (
  flag: string,
  values: AddPolicy["values"] = "comma",
): AddPolicy => frozen({ policy: "add", flag, values });

const condition =
  (test: FlagCondition["test"]) =>
  (flag: string, pattern = ""): FlagCondition =>
    frozen({ flag, test, pattern });
export const is = condition("is");
export const has = condition("has");
export const lacks = condition("lacks");
export const differs = condition("differs");

export const warn = (
  opens: string,
  first: FlagCondition,
  ...more: readonly FlagCondition[]
): WarnPolicy =>
  frozen({
    policy: "warn",
    flag: first.flag,
    when: frozen([first, ...more]),
    opens,
  });
