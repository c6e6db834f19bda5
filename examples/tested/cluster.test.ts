import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Testing, TerraformStack } from "cdktf";
import {
  controlPlaneIn,
  expectControlPlane,
  including,
} from "cdktf-control-plane/testing";
import { prod } from "./cluster";

const stack = new TerraformStack(Testing.app(), "prod");
prod(stack);
const cluster = controlPlaneIn(stack);
const expectProd = expectControlPlane(cluster);

test("audit logs are kept for 30 days, on every node", () => {
  expectProd.toHaveFlag("kube-apiserver", "audit-log-maxage", "30");
});

test("the API servers are reached by both names, with certificates of 90 days", () => {
  expectProd.toHaveCertificate("apiserver", {
    names: including("api.example.org", "kubernetes.example.org"),
    validityHours: 90 * 24,
  });
});

test("no key of a CA is on a worker", () => {
  for (const node of ["web-1", "web-2"])
    expectControlPlane(cluster.on(node)).not.toHaveFile(
      "/etc/kubernetes/pki/ca.key",
    );
});

test("workers take 200 pods, control-plane nodes the default", () => {
  const config = "/var/lib/kubelet/config.yaml";
  expectControlPlane(cluster.on("web-1")).toHaveFile(config, { maxPods: 200 });
  expectControlPlane(cluster.on("cp-1")).not.toHaveFile(config, {
    maxPods: 200,
  });
});

test("all components run the same release", () => {
  for (const node of ["cp-1", "cp-2", "cp-3"]) {
    const [container] = cluster.on(node).manifestOf("kube-apiserver")
      .spec.containers;
    equal(container.image, "registry.k8s.io/kube-apiserver:v1.36.3");
  }
});

test("jane is in no group that could have more rights than view", () => {
  const { clientCertificate } = cluster.kubeconfigOf("jane");
  equal(clientCertificate?.organizations.length, 0);
});
