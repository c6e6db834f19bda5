import { Fn, TerraformStack, Testing } from "cdktf";
import { loadAll } from "js-yaml";
import type { ControlPlane } from "../../lib";
import { cluster } from "../support/cluster";
import { requestsOf, resourcesOf } from "../support/rollouts";
import { artefactsOf, documentsOf } from "../support/synthesized";

const CONFIG_MAP = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", namespace: "default" },
};
const program = (use: (controlPlane: ControlPlane) => void) => cluster({}, use);
const artefact = (path: string, use: (controlPlane: ControlPlane) => void) =>
  artefactsOf(program(use)).get(path);

describe("manifests", () => {
  test("are written unchanged to a file in the store", () => {
    const objects = [
      { ...CONFIG_MAP, data: { a: "1", b: undefined } },
      { ...CONFIG_MAP, metadata: { name: "b" }, data: { c: "${x} %{y}" } },
    ];
    const made = artefact("objects/network.yaml", (controlPlane) =>
      controlPlane.addManifests("network", { objects }),
    )!;
    expect(made.spec).toContain("$${x} %%{y}");
    const spec = made.spec.replaceAll("$${", "${").replaceAll("%%{", "%{");
    expect(loadAll(spec)).toEqual([
      { ...CONFIG_MAP, data: { a: "1" } },
      { ...CONFIG_MAP, metadata: { name: "b" }, data: { c: "${x} %{y}" } },
    ]);
  });

  test("may contain tokens", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    program((controlPlane) =>
      controlPlane.addManifests("network", {
        objects: [{ ...CONFIG_MAP, data: { address: Fn.file("address") } }],
      }),
    )(stack);
    expect(Testing.synth(stack)).toContain(
      'address: ${jsonencode(file(\\"address\\"))}',
    );
  });

  test("in a file are read at apply: a plan shows the path and the hash", () => {
    const made = artefact("objects/network.yaml", (controlPlane) =>
      controlPlane.addManifests("network", { file: "package.json" }),
    )!;
    expect(made.spec).toContain("file: ../../../package.json");
    expect(made.spec).toContain("filesha256");
  });

  test("are applied after the cluster objects and before users' rights, in the order in which they were added", () => {
    const { rollout } = requestsOf(
      program((controlPlane) => {
        controlPlane.addManifests("storage", { objects: [CONFIG_MAP] });
        controlPlane.addUser("jane", { clusterRoles: ["view"] });
        controlPlane.addManifests("apps", { objects: [CONFIG_MAP] });
      }),
    );
    expect(rollout.objects).toEqual([
      "objects/cluster-admins.yaml",
      "objects/kubeadm-config.yaml",
      "objects/kubelet-config.yaml",
      "objects/bootstrap-token.yaml",
      "objects/apiserver-kubelet-client.yaml",
      "objects/cluster-info.yaml",
      "objects/coredns.yaml",
      "objects/kube-proxy.yaml",
      "objects/nodes.yaml",
      "objects/storage.yaml",
      "objects/apps.yaml",
      "objects/users.yaml",
    ]);
  });

  test("are in the batch of the cluster objects", () => {
    const resources = resourcesOf(
      program((controlPlane) =>
        controlPlane.addManifests("network", { objects: [CONFIG_MAP] }),
      ),
    );
    const batch = resources.find(({ path }) => path === "cluster/objects")!;
    expect(batch.triggers).toHaveProperty(["objects/network.yaml"]);
    expect(resources.map(({ path }) => path)).toContain(
      "cluster/objects/network",
    );
  });
});

describe("a user", () => {
  test("is bound to each ClusterRole once", () => {
    const made = artefact("objects/users.yaml", (controlPlane) => {
      controlPlane.addUser("jane", { clusterRoles: ["view", "edit", "view"] });
      controlPlane.addUser("jo", { groups: ["dev"] });
      controlPlane.addUser("joe", { clusterRoles: ["cluster-admin"] });
    })!;
    const binding = (user: string, role: string) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `cdktf-control-plane:${user}:${role}` },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: role,
      },
      subjects: [
        { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user },
      ],
    });
    expect(documentsOf(made)).toEqual([
      binding("jane", "view"),
      binding("jane", "edit"),
      binding("joe", "cluster-admin"),
    ]);
  });

  test("without roles does not change the cluster objects", () => {
    const use = (controlPlane: ControlPlane) =>
      void controlPlane.addUser("jane", { groups: ["dev"] });
    expect(artefact("objects/users.yaml", use)).toBeUndefined();
    expect(requestsOf(program(use)).rollout.objects).not.toContain(
      "objects/users.yaml",
    );
  });
});
