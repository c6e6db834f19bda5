import type { Rights } from "../../render/rbac";
import { isDnsLabel } from "../hosts";
import * as errors from "./access-errors";

/** What somebody may do, in the whole cluster and in one namespace of it. */
export interface RightsProps {
  /**
   * The ClusterRoles that it is bound to in the whole cluster: `view`, `edit`, `cluster-admin` or others of the cluster.
   * @default - none
   */
  readonly clusterRoles?: readonly string[];

  /**
   * The ClusterRoles that it is bound to in `namespace` only: `view`, `edit`, `admin` or others of the cluster.
   * @default - none
   */
  readonly namespaceClusterRoles?: readonly string[];

  /**
   * The Roles of `namespace` that it is bound to. Manifests of yours make them.
   * @default - none
   */
  readonly namespaceRoles?: readonly string[];
}

/** Checked, each role once. @param who `The user "jane"` */
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

/** What can be in the path of a request. */
const isRole = (name: string): boolean => /^(?!\.\.?$)[^\s/%$]+$/.test(name);
