import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../base/clock";
import {
  anything,
  fields,
  list,
  optional,
  record,
  text,
} from "../../base/shape";
import type { ApiObject } from "./api-object";
import type { KubernetesApi } from "./api";
import { waitFor } from "./retry";
import { objectWith } from "./shapes";

/** A ClusterRole. The controller manager fills an aggregated one, such as `view`, with the rules of the selected ones. */
export interface ClusterRole {
  readonly rules?: readonly unknown[] | null;
  readonly aggregationRule?: {
    readonly clusterRoleSelectors?: readonly {
      readonly matchLabels?: Readonly<Record<string, string>>;
    }[];
  };
}

const CLUSTER_ROLE = objectWith<ClusterRole>(
  fields({
    rules: optional(list(anything)),
    aggregationRule: optional(
      fields({
        clusterRoleSelectors: optional(
          list(fields({ matchLabels: optional(record(text)) })),
        ),
      }),
    ),
  }),
);

/** Milliseconds. A controller manager that has just started fills the roles within 3 s. */
const PATIENCE = 30_000;

/**
 * Waits until the bound ClusterRoles grant what they promise. Returns the names of those that do not, which are found
 * without waiting if nothing fills them.
 */
export async function awaitBoundRoles(
  api: Pick<KubernetesApi, "list"> & { readonly clock: Clock },
  objects: readonly unknown[],
  isFilling: boolean,
): Promise<string[]> {
  const bound = boundRoles(objects as readonly Binding[]);
  if (bound.length === 0) return [];
  let lacking: string[] = [];
  await waitFor(api.clock, isFilling ? PATIENCE : 0, async () => {
    const roles = await api.list(
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
      {},
      CLUSTER_ROLE,
    );
    lacking = unfilledRoles(bound, roles);
    return lacking.length === 0 || undefined;
  });
  return lacking;
}

/** A binding, or another object. The API server has checked it before. */
interface Binding {
  readonly kind?: string;
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
}

/** The names of the ClusterRoles to which objects bind anybody. */
export const boundRoles = (objects: readonly Binding[]): string[] => [
  ...new Set(
    objects
      .filter(({ kind }) => /^(Cluster)?RoleBinding$/.test(kind ?? ""))
      .flatMap(({ roleRef: { kind, name } = {} }) =>
        kind === "ClusterRole" && name !== undefined ? name : [],
      ),
  ),
];

/** Those of the names whose ClusterRoles lack rules of the roles that they select. A role that does not exist is ignored. */
export function unfilledRoles(
  names: readonly string[],
  roles: readonly (ApiObject & ClusterRole)[],
): string[] {
  // Roles may select each other in a circle.
  const isFilled = (
    role: ApiObject & ClusterRole,
    above: readonly ClusterRole[] = [],
  ): boolean =>
    roles
      .filter((part) => ![role, ...above].includes(part) && selects(role, part))
      .every(
        (part) =>
          isFilled(part, [role, ...above]) &&
          (part.rules ?? []).every((rule) =>
            role.rules?.some((own) => isDeepStrictEqual(own, rule)),
          ),
      );
  return roles
    .filter(({ metadata: { name } }) => names.includes(name))
    .filter((role) => !isFilled(role))
    .map(({ metadata: { name } }) => name);
}

/** Whether a role is filled with the rules of another. */
const selects = (role: ClusterRole, { metadata }: ApiObject): boolean =>
  (role.aggregationRule?.clusterRoleSelectors ?? []).some(
    ({ matchLabels = {} }) =>
      Object.keys(matchLabels).length > 0 &&
      Object.entries(matchLabels).every(
        ([label, value]) => metadata.labels?.[label] === value,
      ),
  );
