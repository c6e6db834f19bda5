import type { ObjectGroupId } from "../catalog/object-groups";
import {
  BINDINGS,
  type BindingRow,
  type RbacSubject,
  type RoleRow,
  ROLES,
} from "../catalog/rbac";
import { compact, type KubernetesObject } from "./kubernetes-object";

const API_GROUP = "rbac.authorization.k8s.io";

/** The roles of a group of objects, then their bindings. */
export function rbac(group: ObjectGroupId): KubernetesObject[] {
  return [
    ...ROLES.filter((row) => row.group === group).map(role),
    ...BINDINGS.filter((row) => row.group === group).map((row) =>
      binding(row.namespace === undefined ? "ClusterRole" : "Role", row),
    ),
  ];
}

function role({ name, namespace, rules }: RoleRow): KubernetesObject {
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: namespace ? "Role" : "ClusterRole",
    metadata: compact({ name, namespace }),
    rules,
  };
}

const binding = (
  kind: RoleKind,
  { name, namespace, role, subjects }: Omit<BindingRow, "group">,
): KubernetesObject => ({
  apiVersion: `${API_GROUP}/v1`,
  kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
  metadata: compact({ name, namespace }),
  roleRef: { apiGroup: API_GROUP, kind, name: role },
  subjects: subjects.map(subject),
});

/** The subject of a binding. Users and groups belong to the RBAC API group; service accounts are objects of the core API. */
function subject(row: RbacSubject): object {
  return row.kind === "ServiceAccount" ? row : { apiGroup: API_GROUP, ...row };
}

/** The roles of a user or an account, in the whole cluster and in one namespace. */
export interface Rights {
  readonly clusterRoles: readonly string[];
  readonly namespace?: string;
  readonly namespaceClusterRoles: readonly string[];
  readonly namespaceRoles: readonly string[];
}

/** The bindings of a user. Names of users, namespaces and accounts contain no colon, so the names of bindings are unique. */
export const userBindings = (
  user: string,
  rights: Rights,
): KubernetesObject[] =>
  bindings(rights, { kind: "User", name: user }, (kind, role) =>
    kind === "Role"
      ? `cdktf-control-plane-role:${user}:${role}`
      : `cdktf-control-plane:${user}:${role}`,
  );

export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The bindings of a service account. */
export const accountBindings = (
  { namespace, name }: AccountName,
  rights: Rights,
): KubernetesObject[] =>
  bindings(rights, { kind: "ServiceAccount", name, namespace }, (kind, role) =>
    kind === "Role"
      ? `cdktf-control-plane-account-role:${namespace}:${name}:${role}`
      : `cdktf-control-plane-account:${namespace}:${name}:${role}`,
  );

type RoleKind = "ClusterRole" | "Role";

function bindings(
  rights: Rights,
  who: RbacSubject,
  nameOf: (kind: RoleKind, role: string) => string,
): KubernetesObject[] {
  const bind = (kind: RoleKind, role: string, namespace?: string) =>
    binding(kind, {
      name: nameOf(kind, role),
      namespace,
      role,
      subjects: [who],
    });
  const { clusterRoles, namespace } = rights;
  return [
    ...clusterRoles.map((role) => bind("ClusterRole", role)),
    ...rights.namespaceClusterRoles.map((role) =>
      bind("ClusterRole", role, namespace),
    ),
    ...rights.namespaceRoles.map((role) => bind("Role", role, namespace)),
  ];
}
