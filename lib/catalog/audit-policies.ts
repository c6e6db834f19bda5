import { frozen } from "./frozen";

/** A policy of this library's, by name. */
export type AuditPreset = "metadata" | "recommended";

const HEADER = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  // That a request began is in the event of its end, too.
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
} as const;

/** The API groups whose objects hold no secrets except in the resources that an earlier rule names. */
const BUILT_IN_GROUPS = [
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
];

/**
 * Which requests are recorded, and how much of them. The first rule that fits a request decides.
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy
 */
export const AUDIT_POLICIES: Readonly<
  Record<AuditPreset, Readonly<Record<string, unknown>>>
> = frozen({
  /** Who did what, when and to which object; no contents. */
  metadata: { ...HEADER, rules: [{ level: "Metadata" }] },

  /** The same without what components repeat all the time, and with the contents of changes. */
  recommended: {
    ...HEADER,
    rules: [
      // Probes and discovery.
      {
        level: "None",
        nonResourceURLs: [
          "/healthz*",
          "/livez*",
          "/readyz*",
          "/openapi*",
          "/version",
        ],
      },
      // Components say every few seconds that they are there.
      {
        level: "None",
        userGroups: ["system:nodes"],
        verbs: ["get", "update", "patch"],
        resources: [
          { group: "coordination.k8s.io", resources: ["leases"] },
          { group: "", resources: ["nodes/status"] },
        ],
      },
      {
        level: "None",
        users: [
          "system:apiserver",
          "system:kube-controller-manager",
          "system:kube-scheduler",
        ],
        verbs: ["get", "update"],
        resources: [{ group: "coordination.k8s.io", resources: ["leases"] }],
      },
      {
        level: "None",
        users: [
          "system:kube-proxy",
          "system:serviceaccount:kube-system:kube-proxy",
        ],
        verbs: ["list", "watch"],
        resources: [
          { group: "", resources: ["endpoints", "nodes", "services"] },
          { group: "discovery.k8s.io", resources: ["endpointslices"] },
        ],
      },
      // Events are a record themselves.
      {
        level: "None",
        resources: [
          { group: "", resources: ["events"] },
          { group: "events.k8s.io", resources: ["events"] },
        ],
      },
      // Their contents are or may be secrets.
      {
        level: "Metadata",
        resources: [
          {
            group: "",
            resources: ["secrets", "configmaps", "serviceaccounts/token"],
          },
          { group: "authentication.k8s.io", resources: ["tokenreviews"] },
        ],
      },
      // What somebody runs in a pod, or reaches through the API server. Such a request may be a `get`.
      {
        level: "Request",
        resources: [
          {
            group: "",
            resources: [
              "nodes/proxy",
              "pods/attach",
              "pods/exec",
              "pods/portforward",
              "pods/proxy",
              "services/proxy",
            ],
          },
        ],
      },
      { level: "Metadata", verbs: ["get", "list", "watch"] },
      {
        level: "Request",
        resources: BUILT_IN_GROUPS.map((group) => ({ group })),
      },
      { level: "Metadata" },
    ],
  },
});

/** The levels of a rule. @see https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/apis/audit/v1/types.go */
export const AUDIT_LEVELS: readonly string[] = frozen([
  "None",
  "Metadata",
  "Request",
  "RequestResponse",
]);

export const AUDIT_STAGES: readonly string[] = frozen([
  "RequestReceived",
  "ResponseStarted",
  "ResponseComplete",
  "Panic",
]);
