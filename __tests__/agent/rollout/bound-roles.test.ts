import {
  awaitBoundRoles,
  boundRoles,
  type ClusterRole,
  unfilledRoles,
} from "../../../lib/agent/cluster/bound-roles";
import type { ApiObject } from "../../../lib/agent/cluster/api-object";
import { userBindings } from "../../../lib/render/rbac";

const READ = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
const WRITE = { apiGroups: [""], resources: ["pods"], verbs: ["create"] };

const role = (
  name: string,
  rules: readonly object[] | null,
  { to, from }: { to?: string; from?: string } = {},
): ApiObject & ClusterRole => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name, labels: to === undefined ? {} : { to } },
  rules,
  ...(from !== undefined && {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: from } }] },
  }),
});

/** The roles of a cluster as `edit` and `view` have been filled so far. */
const roles = (
  edit: readonly object[] | null,
  view: readonly object[] | null,
) => [
  role("system:view", [READ], { to: "view" }),
  role("system:edit", [WRITE], { to: "edit" }),
  role("view", view, { from: "view", to: "edit" }),
  role("edit", edit, { from: "edit" }),
  role("own", [READ]),
];

test.each([
  ["nothing is filled", null, null, ["edit", "view"]],
  ["only view is filled", null, [READ], ["edit"]],
  ["edit lacks the rules of view", [WRITE], [READ], ["edit"]],
  ["edit has old rules of view", [WRITE, READ], [], ["edit", "view"]],
  ["all are filled", [WRITE, READ], [READ], []],
])("ClusterRoles are unfilled while %s", (_, edit, view, expected) => {
  expect(
    unfilledRoles(["edit", "view", "own", "gone"], roles(edit, view)).sort(),
  ).toEqual(expected);
});

test("a ClusterRole that nobody is bound to is not waited for", () => {
  expect(unfilledRoles(["own", "view"], roles(null, [READ]))).toEqual([]);
});

test("the bound ClusterRoles are those of users in the cluster and in a namespace", () => {
  const rights = {
    clusterRoles: ["view"],
    namespace: "team",
    namespaceClusterRoles: ["edit"],
    namespaceRoles: ["own"],
  };
  expect(
    boundRoles([
      ...userBindings("jane", rights),
      ...userBindings("joe", rights),
      { kind: "ConfigMap" },
    ]),
  ).toEqual(["view", "edit"]);
});

/** A cluster in which the role `view` is filled when it is looked at for this time. */
function clusterThatFills(at: number) {
  let looks = 0;
  let now = 0;
  return {
    clock: {
      now: () => now,
      pause: async (milliseconds: number) => {
        now += milliseconds;
      },
    },
    list: async <T>() =>
      roles(null, ++looks >= at ? [READ] : null) as unknown as T[],
    looks: () => looks,
  };
}

const BINDING = userBindings("jane", {
  clusterRoles: ["view"],
  namespaceClusterRoles: [],
  namespaceRoles: [],
});

test("the deploy waits until what it granted holds", async () => {
  const cluster = clusterThatFills(4);
  expect(await awaitBoundRoles(cluster, BINDING, true)).toEqual([]);
  expect(cluster.looks()).toBe(4);
});

test("the wait ends when the controller manager does not fill the roles", async () => {
  const cluster = clusterThatFills(Infinity);
  expect(await awaitBoundRoles(cluster, BINDING, true)).toEqual(["view"]);
});

test("the deploy looks once when no controller manager runs, and not at all when nobody is bound", async () => {
  const cluster = clusterThatFills(Infinity);
  expect(await awaitBoundRoles(cluster, BINDING, false)).toEqual(["view"]);
  expect(cluster.looks()).toBe(1);
  expect(await awaitBoundRoles(cluster, [], true)).toEqual([]);
  expect(cluster.looks()).toBe(1);
});
