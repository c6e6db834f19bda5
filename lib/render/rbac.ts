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
    ...BINDINGS.filter((row) => row.group === group).map(binding),
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

function binding(row: BindingRow): KubernetesObject {
  const { name, namespace, subjects } = row;
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: namespace ? "RoleBinding" : "ClusterRoleBinding",
    metadata: compact({ name, namespace }),
    roleRef: {
      apiGroup: API_GROUP,
      kind: namespace ? "Role" : "ClusterRole",
      name: row.role,
    },
    subjects: subjects.map(subject),
  };
}

/** Users and groups are names of the authorization's API; service accounts are objects. */
function subject(row: RbacSubject): object {
  return row.kind === "ServiceAccount" ? row : { apiGroup: API_GROUP, ...row };
}

/** What a user may do everywhere in the cluster. */
export function userBinding(
  user: string,
  clusterRole: string,
): KubernetesObject {
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `cdktf-control-plane:${user}:${clusterRole}` },
    roleRef: { apiGroup: API_GROUP, kind: "ClusterRole", name: clusterRole },
    subjects: [subject({ kind: "User", name: user })],
  };
}
