import { Fn, TerraformStack, Testing } from "cdktf";
import {
  ControlPlane,
  Duration,
  NodeAccess,
  ServiceAccountToken,
  type ServiceAccountTokenProps,
} from "../../lib";
import { cluster, clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { resourcesOf } from "../support/rollouts";
import { artefactsOf, documentsOf } from "../support/synthesized";
import type { Program } from "../support/terraform";

const access = NodeAccess.ssh({ host: "10.0.0.11" });
const hosted = clusterProps({ nodes: [node(1, { access })] });

const withToken =
  (
    props: Partial<ServiceAccountTokenProps> = {},
    id = "ci",
    more: (
      stack: TerraformStack,
      controlPlane: ControlPlane,
    ) => void = () => {},
  ): Program =>
  (stack) => {
    const controlPlane = new ControlPlane(stack, "cluster", hosted);
    new ServiceAccountToken(stack, id, {
      controlPlane,
      namespace: "team",
      ...props,
    });
    more(stack, controlPlane);
  };

const triggersOf = (program: Program) =>
  resourcesOf(program).find(({ path }) => path === "ci/Resource")!.triggers;

const RBAC = "rbac.authorization.k8s.io";
const binding = (
  metadata: object,
  role: readonly [kind: string, name: string],
  subject: object,
) => ({
  apiVersion: `${RBAC}/v1`,
  kind: "namespace" in metadata ? "RoleBinding" : "ClusterRoleBinding",
  metadata,
  roleRef: { apiGroup: RBAC, kind: role[0], name: role[1] },
  subjects: [subject],
});

describe("a user with a namespace", () => {
  const user = cluster({}, (controlPlane) =>
    controlPlane.addUser("jane", {
      namespace: "team",
      clusterRoles: ["view"],
      namespaceClusterRoles: ["edit", "edit"],
      namespaceRoles: ["deployer"],
    }),
  );

  test("is bound to roles in the namespace, and to roles in the whole cluster", () => {
    const jane = { apiGroup: RBAC, kind: "User", name: "jane" };
    const namespace = "team";
    expect(documentsOf(artefactsOf(user).get("objects/users.yaml")!)).toEqual([
      binding(
        { name: "cdktf-control-plane:jane:view" },
        ["ClusterRole", "view"],
        jane,
      ),
      binding(
        { name: "cdktf-control-plane:jane:edit", namespace },
        ["ClusterRole", "edit"],
        jane,
      ),
      binding(
        { name: "cdktf-control-plane-role:jane:deployer", namespace },
        ["Role", "deployer"],
        jane,
      ),
    ]);
  });

  test("has the namespace in the context of its kubeconfig", () => {
    const { spec } = artefactsOf(user).get("kubeconfigs/jane.conf")!;
    expect(spec).toContain("namespace: team");
  });

  test.each([
    ["namespaceRoles", { namespaceRoles: ["deployer"] }],
    ["namespaceClusterRoles", { namespaceClusterRoles: ["edit"] }],
    ['"Team"', { namespace: "Team" }],
    ['"a/b"', { namespace: "team", namespaceRoles: ["a/b"] }],
    ["token", { namespace: Fn.file("namespace") }],
  ])("fails with %s", (part, props) => {
    const program = cluster({}, (controlPlane) =>
      controlPlane.addUser("jane", props),
    );
    expectHelpful(
      messageOf(() => artefactsOf(program)),
      '"jane"',
      part,
    );
  });
});

describe("a token of a service account", () => {
  const account = { kind: "ServiceAccount", name: "ci", namespace: "team" };

  test("comes with its account and the role bindings of the account", () => {
    const program = withToken({
      clusterRoles: ["view"],
      namespaceClusterRoles: ["edit"],
      namespaceRoles: ["deployer"],
    });
    const name = (rest: string) => `cdktf-control-plane-account${rest}`;
    const namespace = "team";
    expect(
      documentsOf(artefactsOf(program).get("objects/users.yaml")!),
    ).toEqual([
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "ci", namespace },
      },
      binding(
        { name: name(":team:ci:view") },
        ["ClusterRole", "view"],
        account,
      ),
      binding(
        { name: name(":team:ci:edit"), namespace },
        ["ClusterRole", "edit"],
        account,
      ),
      binding(
        { name: name("-role:team:ci:deployer"), namespace },
        ["Role", "deployer"],
        account,
      ),
    ]);
  });

  test("consists of two files that only their owner can read, and the plan shows its lifetime but no secret", () => {
    const made = artefactsOf(
      withToken({ lifetime: Duration.hours(2), audiences: ["vault"] }),
    ).get("tokens/ci.token")!;
    expect(triggersOf(withToken()).files).toBe(
      "tokens/ci.token 0600\nkubeconfigs/ci.conf 0600",
    );
    expect(documentsOf(made)[0]).toMatchObject({
      serviceAccount: { namespace: "team", name: "ci" },
      lifetime: "2h",
      audiences: ["vault"],
      kubeconfig: {
        contexts: [{ context: { namespace: "team" } }],
        users: [{ user: { token: { $token: "own" } } }],
      },
    });
  });

  test("is made after the rollout, and checked again after each rollout", () => {
    const resources = resourcesOf(withToken());
    const find = (path: string) =>
      resources.find((resource) => resource.path === path)!;
    const batch = find("cluster/tokens");
    expect(batch.triggers["after cluster/rollout"]).toContain(
      find("cluster/rollout").address,
    );
    expect(batch.triggers).toHaveProperty(["tokens/ci.token"]);
  });

  test("does not create the account with create: false, even if another token does", () => {
    const alone = artefactsOf(withToken({ create: false }));
    expect(alone.has("objects/users.yaml")).toBe(false);
    const both = artefactsOf(
      withToken({}, "ci", (stack, controlPlane) => {
        new ServiceAccountToken(stack, "ci-vault", {
          controlPlane,
          namespace: "team",
          serviceAccount: "ci",
          create: false,
          audiences: ["vault"],
        });
      }),
    );
    expect(documentsOf(both.get("objects/users.yaml")!)).toHaveLength(1);
    expect([...both.keys()]).toContain("tokens/ci-vault.token");
  });

  test("that never expires is in a Secret of the cluster, and is not renewed", () => {
    const artefacts = artefactsOf(withToken({ longLived: true }));
    expect(documentsOf(artefacts.get("objects/users.yaml")!)[1]).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/service-account-token",
      metadata: {
        name: "ci-token",
        namespace: "team",
        annotations: { "kubernetes.io/service-account.name": "ci" },
      },
    });
    const made = artefacts.get("tokens/ci.token")!;
    expect(documentsOf(made)[0]).toMatchObject({ secret: "ci-token" });
    expect(triggersOf(withToken({ longLived: true })).intact).not.toContain(
      "renewable",
    );
    expect(triggersOf(withToken()).intact).toContain("renewable");
  });

  test.each([
    ['"CI"', withToken({}, "CI")],
    ['"a:b"', withToken({ serviceAccount: "a:b" })],
    ['"a.b"', withToken({ namespace: "a.b" })],
    ["540s", withToken({ lifetime: Duration.minutes(9) })],
    ["lifetime", withToken({ lifetime: Duration.days(50_000) })],
    ["audience", withToken({ audiences: [""] })],
    ["create: false", withToken({ create: false, clusterRoles: ["view"] })],
    ['"a b"', withToken({ clusterRoles: ["a b"] })],
    [
      '"ci"',
      withToken({}, "ci", (stack, controlPlane) => {
        new ServiceAccountToken(stack, "other", {
          controlPlane,
          namespace: "team",
          serviceAccount: "ci",
        });
      }),
    ],
    [
      "NodeAccess.directory()",
      (stack: TerraformStack) => {
        const controlPlane = new ControlPlane(stack, "c", clusterProps());
        const namespace = "team";
        new ServiceAccountToken(stack, "ci", { controlPlane, namespace });
      },
    ],
  ])("fails with %s", (part, program) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    expectHelpful(
      messageOf(() => program(stack)),
      part,
    );
  });
});
