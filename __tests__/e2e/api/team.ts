import type {
  ApiObject,
  ObjectName,
} from "../../../lib/agent/cluster/api-object";

/** The CustomResourceDefinition of a kind in `example.org`. */
function definition(kind: string): ApiObject {
  const singular = kind.toLowerCase();
  const names = { kind, singular, plural: `${singular}s` };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${names.plural}.example.org` },
    spec: {
      group: "example.org",
      scope: "Namespaced",
      names,
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  properties: { size: { type: "integer" } },
                },
              },
            },
          },
        },
      ],
    },
  };
}

/** Where the settings of the team are. */
export const metadata = { name: "settings", namespace: "team" };
export const settings: ApiObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata,
  data: { color: "green" },
};
export const binding = (role: string): ApiObject => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "team: all" },
  roleRef: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "ClusterRole",
    name: role,
  },
  subjects: [{ kind: "ServiceAccount", name: "default", namespace: "team" }],
});
/** The file with the objects of a team. */
export const file = "objects/team.yaml";
export const widget = {
  apiVersion: "example.org/v1",
  kind: "Widget",
  metadata: { name: "first", namespace: "team" },
  spec: { size: 3 },
};
export const team = [
  widget,
  settings,
  binding("view"),
  definition("Widget"),
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } },
];
export const nameOf = ({
  apiVersion,
  kind,
  metadata,
}: ApiObject): ObjectName => ({
  apiVersion,
  kind,
  ...metadata,
});
