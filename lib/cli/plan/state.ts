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

/** The part of Terraform's state that may be this library's: resources of the types that it makes. */
export interface State {
  /** All of them, by address. */
  readonly resources: ReadonlyMap<string, Applied>;
  /** The kinds of those proven to be this library's, by address. Some may no longer be in the program. */
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

/** Reads a state. One that cannot be read counts as empty. */
export function readState(json: string): State {
  const { resources = [] } = attempt(() => readJson(json, STATE)) ?? {};
  const applied = resources.flatMap(
    ({ mode, type, name, module, instances }) => {
      const isOfOurTypes =
        mode === "managed" &&
        ["terraform_data", "null_resource"].includes(type) &&
        // This library never uses modules, `count` or `for_each`.
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

/** Reads an instance; `undefined` if it has not the shape of one of this library's. */
function appliedOf(address: string, instance: unknown): Applied | undefined {
  const read = attempt(() => INSTANCE(instance));
  if (!read || read.index_key !== undefined) return undefined;
  const { attributes, dependencies = [], status } = read;
  const value = attributes.triggers ?? valueOf(attributes.triggers_replace);
  const triggers = attempt(() => optional(TRIGGERS)(value));
  const hasOtherTriggers = value != null && triggers === undefined;
  if (hasOtherTriggers || attributes.input != null) return undefined;
  return {
    address,
    id: attributes.id ?? "",
    triggers,
    dependencies,
    tainted: status === "tainted",
  };
}

/** Terraform stores a dynamically typed value as an object of value and type. */
const valueOf = (typed: unknown): unknown =>
  (typed as { readonly value?: unknown } | undefined)?.value;

export const isEmpty = ({ kinds }: State): boolean => kinds.size === 0;
