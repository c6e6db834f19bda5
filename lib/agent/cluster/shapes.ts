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

/** The shapes of API servers' answers. Fields that are not listed are returned unchanged. */

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

/** The fields that are read of every object. Its kind need not be read, because the request named it. */
export const OBJECT = fields({ metadata: METADATA }) as Shape<ApiObject>;

/** An object of a kind of which more fields are read. */
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
    throw new Mismatch(
      `${at} is ${JSON.stringify(given)}, which is not a subnet`,
    );
  return given;
};
