import type { ApiObject } from "./api-object";

/**
 * Whether an object is as it was, but for its status, which others write all the time; so a version of its own does
 * not mean that it is another one.
 */
export function isSame(
  before: ApiObject | undefined,
  after: ApiObject,
): boolean {
  if (!before) return false;
  const { resourceVersion } = before.metadata;
  return (
    resourceVersion === after.metadata.resourceVersion ||
    contentOf(before) === contentOf(after)
  );
}

/** An API server writes the fields in one order. */
function contentOf({ metadata, ...fields }: ApiObject): string {
  return JSON.stringify({
    ...fields,
    status: undefined,
    metadata: {
      ...metadata,
      resourceVersion: undefined,
      managedFields: undefined,
    },
  });
}
