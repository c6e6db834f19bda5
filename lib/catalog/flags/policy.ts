import { frozen } from "../frozen";
/**
 * What happens if a user sets a flag. Without a policy, the value simply replaces the default, as with kubeadm. Flags
 * that Kubernetes removed are refused, see `removed-flags.ts`.
 */
export type FlagPolicy = AddPolicy | WarnPolicy;

/** The default is a list: `addArgs` adds to it, and `extraArgs` replaces it. */
export interface AddPolicy {
  readonly policy: "add";
  readonly flag: string;
  /** How the component accepts several values: separated by commas, or by repeating the flag. */
  readonly values: "comma" | "repeated";
}

/** Some values weaken the cluster. They are still used, as with kubeadm, but a warning states the risk. */
export interface WarnPolicy {
  readonly policy: "warn";
  /** The flag that the warning names. */
  readonly flag: string;
  /** All conditions must be true. They are data, so that Terraform can evaluate them for values known only at apply. */
  readonly when: readonly FlagCondition[];
  /** The risk, as a clause: `anyone may do everything`. */
  readonly risk: string;
}

export interface FlagCondition {
  readonly flag: string;
  /**
   * `is`: the last value matches. `has`: an item of the list matches. `lacks`: no item of the list matches, although one
   * of the default does. `differs`: there is a default, and the last value is not the default.
   */
  readonly test: "is" | "has" | "lacks" | "differs";
  /**
   * Must match the whole value or item, without blanks around it. It uses only syntax that means the same in Go,
   * JavaScript and Terraform.
   */
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
  risk: string,
  first: FlagCondition,
  ...more: readonly FlagCondition[]
): WarnPolicy =>
  frozen({
    policy: "warn",
    flag: first.flag,
    when: frozen([first, ...more]),
    risk,
  });
