import { Fn, TerraformResource, TerraformStack, Testing } from "cdktf";
import { ControlPlane, LocalControlPlane, Runtime } from "../../lib";
import { controlPlaneIn } from "../../lib/testing";
import { stackWith } from "./support/stack";

describe("flags", () => {
  test("of a static pod", () => {
    const cluster = controlPlaneIn(
      stackWith({ apiServer: { extraArgs: { "audit-log-maxage": "30" } } }),
    );
    expect(cluster.on("cp-1").flagsOf("kube-apiserver")).toMatchObject({
      "audit-log-maxage": "30",
      "authorization-mode": "Node,RBAC",
    });
  });

  test("of kubelet, with blanks and quotes in them", () => {
    const value = `a b\t"c" 'd' \\e`;
    const cluster = controlPlaneIn(
      stackWith({ kubelet: { extraArgs: { "hostname-override": value } } }),
    );
    expect(cluster.on("cp-1").flagsOf("kubelet")["hostname-override"]).toBe(
      value,
    );
  });

  test("of a unit, with what is syntax in one", () => {
    const value = 'a b "c" 100% $HOME ${d} \\e';
    const cluster = controlPlaneIn(
      stackWith({
        runtime: Runtime.systemd(),
        scheduler: { extraArgs: { "leader-elect-resource-name": value } },
      }),
    );
    expect(cluster.on("cp-1").flagsOf("kube-scheduler")).toMatchObject({
      "leader-elect": "true",
      "leader-elect-resource-name": value,
    });
    expect(cluster.on("cp-1").unitOf("kube-scheduler").Service.Restart).toEqual(
      ["always"],
    );
  });

  test("of a local process, and a flag that is repeated", () => {
    const stack = new TerraformStack(Testing.app(), "local");
    new LocalControlPlane(stack, "local", {
      clusterName: "debug",
      kubernetesVersion: "1.36.3",
      apiServer: {
        extraArgs: { "service-account-issuer": ["https://a", "https://b"] },
      },
    });
    expect(
      controlPlaneIn(stack).flagsOf("kube-apiserver")["service-account-issuer"],
    ).toEqual(["https://a", "https://b"]);
  });
});

test("a value that is known only at apply is its expression", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const machine = new TerraformResource(stack, "machine", {
    terraformResourceType: "terraform_data",
  });
  const address = machine.getStringAttribute("output.address");
  new ControlPlane(stack, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    nodes: [{ name: "cp-1", address }],
    certSans: [Fn.upper(address)],
  });
  const cluster = controlPlaneIn(stack);
  expect(cluster.certificateOf("apiserver").names).toEqual(
    expect.arrayContaining([
      "${terraform_data.machine.output.address}",
      "${lower(upper(terraform_data.machine.output.address))}",
    ]),
  );
  expect(cluster.flagsOf("kube-apiserver")["advertise-address"]).toBe(
    "${terraform_data.machine.output.address}",
  );
});
