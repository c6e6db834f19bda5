import type { Contents } from "./contents";
import type { State } from "./state";

/** What Terraform plans to do. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What Terraform does with each output that changes, by its name: `create`, `update` or `delete`. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * A planned change of one resource, or a data source that Terraform can read only at apply.
 *
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui#planned-change
 */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
  readonly isData?: boolean;
  /** The resource's previous address, if it was moved. */
  readonly movedFrom?: string;
  /** The resource's id at its provider, if it is imported. */
  readonly imported?: string;
}

/**
 * Whether a change is of one of this library's resources. The manifest lists the resources of the program; a resource
 * that is no longer in the program is recognised in the state.
 */
export function isOurs(
  { address, action }: PlannedChange,
  { resources }: Contents,
  { kinds }: State,
): boolean {
  const left = action === "delete" || action === "remove";
  return resources.has(address) || (left && kinds.has(address));
}
