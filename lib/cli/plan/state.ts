import {
  anything,
  attempt,
  fields,
  list,
  optional,
  readJson,
  record,
  text,
} from "../../base/shape";
import type { ResourceKind } from "../../request/manifest";
import { type Applied, kindsOf } from "./state-kinds";

/** What Terraform's state knows of resources of the types that this library makes. */
export interface State {
  /** By address. */
  readonly resources: ReadonlyMap<string, Applied>;
  /** Those that are proven to be this library's, also where they left the program. */
  readonly kinds: ReadonlyMap<string, ResourceKind>;
}

const TRIGGERS = record(text);

const INSTANCE = fields({
  status: optional(text),
  index_key: anything,
  dependencies: optional(list(text)),
  attributes: fields({
    id: optional(text),
    input: anything,
    triggers: anything,
    triggers_replace: optional(anything),
  }),
});

const STATE = fields({
  resources: optional(
    list(
      fields({
        mode: text,
        type: text,
        name: text,
        module: optional(text),
        instances: list(anything),
      }),
    ),
  ),
});

/** A state that cannot be read is one that knows nothing. */
export function readState(json: string): State {
  const { resources = [] } = attempt(() => readJson(json, STATE)) ?? {};
  const applied = resources.flatMap(
    ({ mode, type, name, module, instances }) => {
      const isOfOurTypes =
        mode === "managed" &&
        ["terraform_data", "null_resource"].includes(type) &&
        // Nothing of this library is in a module, or counted.
        module === undefined &&
        instances.length === 1;
      if (!isOfOurTypes) return [];
      return appliedOf(`${type}.${name}`, instances[0]) ?? [];
    },
  );
  return {
    resources: new Map(applied.map((each) => [each.address, each])),
    kinds: kindsOf(applied),
  };
}

/** `undefined` where it is not shaped as one of this library's. */
function appliedOf(address: string, instance: unknown): Applied | undefined {
  const read = attempt(() => INSTANCE(instance));
  if (!read || read.index_key !== undefined) return undefined;
  const { attributes, dependencies = [], status } = read;
  const value = attributes.triggers ?? valueOf(attributes.triggers_replace);
  const triggers = attempt(() => optional(TRIGGERS)(value));
  const isOther = value != null && triggers === undefined;
  if (isOther || attributes.input != null) return undefined;
  return {
    address,
    id: attributes.id ?? "",
    triggers,
    dependencies,
    tainted: status === "tainted",
  };
}

/** Terraform keeps a value of any type beside its type. */
const valueOf = (typed: unknown): unknown =>
  (typed as { readonly value?: unknown } | undefined)?.value;

export const isEmpty = ({ kinds }: State): boolean => kinds.size === 0;
