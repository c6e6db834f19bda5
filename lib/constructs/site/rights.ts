import type { Rights } from "../../render/rbac";
import { isDnsLabel } from "../hosts";
import * as errors from "./access-errors";

/** The rights of a user or a service account, in the whole cluster and in one namespace. */
export interface RightsProps {
  /**
   * ClusterRoles that apply to the whole cluster: `view`, `edit`, `cluster-admin`, or any other ClusterRole of the
   * cluster.
   * @default - none
   */
  readonly clusterRoles?: readonly string[];

  /**
   * ClusterRoles that apply only to `namespace`: `view`, `edit`, `admin`, or any other ClusterRole of the cluster.
   * @default - none
   */
  readonly namespaceClusterRoles?: readonly string[];

  /**
   * Roles of `namespace`. Your manifests create them.
   * @default - none
   */
  readonly namespaceRoles?: readonly string[];
}

/** Checks the rights and removes duplicates. @param who The subject for error messages, such as `The user "jane"`. */
export function rightsOf(
  who: string,
  namespace: string | undefined,
  props: RightsProps,
): Rights {
  const {
    clusterRoles = [],
    namespaceClusterRoles = [],
    namespaceRoles = [],
  } = props;
  if (namespace !== undefined && !isDnsLabel(namespace))
    throw errors.invalidNamespace(who, namespace);
  for (const role of [...clusterRoles, ...namespaceClusterRoles])
    if (!isRole(role)) throw errors.invalidRole(who, "ClusterRole", role);
  for (const role of namespaceRoles)
    if (!isRole(role)) throw errors.invalidRole(who, "Role", role);
  if (namespace === undefined && namespaceClusterRoles.length > 0)
    throw errors.namespaceMissing(who, "namespaceClusterRoles");
  if (namespace === undefined && namespaceRoles.length > 0)
    throw errors.namespaceMissing(who, "namespaceRoles");
  return {
    clusterRoles: [...new Set(clusterRoles)],
    namespace,
    namespaceClusterRoles: [...new Set(namespaceClusterRoles)],
    namespaceRoles: [...new Set(namespaceRoles)],
  };
}

/** Whether a role name can be part of a request's path. */
const isRole = (name: string): boolean => /^(?!\.\.?$)[^\s/%$]+$/.test(name);
