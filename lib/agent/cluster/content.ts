import type { ApiObject } from "./api-object";

/**
 * Whether an object is unchanged, apart from its status. Others write the status all the time, so a new resource version
 * alone does not mean a change.
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

/** An API server always returns fields in the same order, so the texts can be compared. */
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
