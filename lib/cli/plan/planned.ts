import type { Contents } from "./contents";
import type { State } from "./state";

/** What Terraform plans to do. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What becomes of the outputs that change, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * What Terraform plans to do with one resource, or that it reads a data source only at apply.
 *
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui#planned-change
 */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
  readonly isData?: boolean;
  /** The address that the resource had before, where it was moved. */
  readonly movedFrom?: string;
  /** What the provider knows the resource by, where it is imported. */
  readonly imported?: string;
}

/**
 * Whether a change is one of this library's resources. The manifest has all of the program's; what left the program is
 * known by the state alone.
 */
export function isOurs(
  { address, action }: PlannedChange,
  { resources }: Contents,
  { kinds }: State,
): boolean {
  const left = action === "delete" || action === "remove";
  return resources.has(address) || (left && kinds.has(address));
}
