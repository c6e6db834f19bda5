import { parseCidr } from "../../catalog/addresses";
import {
  fields,
  flag,
  list,
  Mismatch,
  optional,
  record,
  type Shape,
  text,
} from "../../base/shape";
import type { ApiObject, ObjectMetadata } from "./api-object";

/** What API servers answer, as far as it is read here: whatever else is in it is kept as it came. */

const METADATA = fields<ObjectMetadata>({
  name: text,
  namespace: optional(text),
  uid: optional(text),
  resourceVersion: optional(text),
  deletionTimestamp: optional(text),
  labels: optional(record(text)),
  annotations: optional(record(text)),
  ownerReferences: optional(
    list(fields({ kind: text, controller: optional(flag) })),
  ),
});

/** What is read of every object; what it says that it is was asked for. */
export const OBJECT = fields({ metadata: METADATA }) as Shape<ApiObject>;

/** An object of a kind of which more is read than what all have. */
export const objectWith =
  <T extends object>(shape: Shape<T>): Shape<ApiObject & T> =>
  (value, at) => {
    const object = OBJECT(value, at);
    return { ...object, ...shape(object, at) };
  };

/** `10.0.0.0/24` */
export const subnet: Shape<string> = (value, at) => {
  const given = text(value, at);
  if (parseCidr(given) === undefined)
    throw new Mismatch(`${at} is ${JSON.stringify(given)}, which is no subnet`);
  return given;
};
