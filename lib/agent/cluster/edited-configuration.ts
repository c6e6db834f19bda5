import {
  EDITABLE_CONFIGURATIONS,
  type EditableConfiguration,
  GENERATED_HASH,
  GIVEN_COREFILE,
} from "../../catalog/edited-configuration";
import {
  anyRecord,
  attempt,
  fields,
  list,
  optional,
  record,
  text,
} from "../../base/shape";
import type { ApiObject } from "./api-object";

/** What is applied in place of an object, and what stays as people edited it. */
export interface Kept {
  readonly object: ApiObject;
  /** Absent if nothing is kept. */
  readonly edited?: EditableConfiguration & { readonly editor: string };
}

/**
 * Leaves a generated configuration out of what is applied if somebody else wrote the one in the cluster. What the program
 * gives replaces every edit.
 *
 * @param live the object in the cluster
 * @param manager the name under which this library applies objects
 */
export function withoutEdited(
  object: ApiObject,
  live: ApiObject | undefined,
  manager: string,
): Kept {
  const row = editableIn(object);
  if (!row || !live || !isGenerated(object)) return { object };
  const { data = {} } = attempt(() => CONFIG_MAP(object)) ?? {};
  const { data: liveData = {}, metadata } =
    attempt(() => CONFIG_MAP(live)) ?? {};
  const { field } = row;
  const found = liveData[field];
  if (found === undefined || found === data[field]) return { object };
  const owners = (metadata?.managedFields ?? [])
    .filter(({ fieldsV1 }) => ownsField(fieldsV1, field))
    .map((each) => each.manager ?? "somebody");
  const [editor] = owners.filter((owner) => owner !== manager);
  if (editor === undefined || owners.includes(manager)) return { object };
  const { annotations = {} } = object.metadata;
  return {
    object: {
      ...object,
      metadata: {
        ...object.metadata,
        // Without the hash of what was generated, kubeadm takes the configuration for the user's, too.
        annotations: without(annotations, GENERATED_HASH),
      },
      data: without(data, field),
    },
    edited: { ...row, editor },
  };
}

const without = (
  all: Readonly<Record<string, string>>,
  name: string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));

const editableIn = ({
  kind,
  metadata: { namespace, name },
}: ApiObject): EditableConfiguration | undefined =>
  kind === "ConfigMap" && namespace === "kube-system"
    ? EDITABLE_CONFIGURATIONS.find((row) => row.name === name)
    : undefined;

/** Whether the library made the configuration, and not the program. */
const isGenerated = ({ metadata: { name, annotations = {} } }: ApiObject) =>
  name === "coredns"
    ? !(GIVEN_COREFILE in annotations)
    : GENERATED_HASH in annotations;

const CONFIG_MAP = fields({
  data: optional(record(text)),
  metadata: fields({
    managedFields: optional(
      list(fields({ manager: optional(text), fieldsV1: optional(anyRecord) })),
    ),
  }),
});

/** @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
function ownsField(owned: object | undefined, field: string): boolean {
  const data = (owned as Record<string, object> | undefined)?.["f:data"];
  return data !== undefined && `f:${field}` in data;
}
