import { TerraformLocal, Token } from "cdktf";
import { ControlPlane, Runtime } from "../../lib";
import { COMPONENTS } from "../../lib/catalog/components";
import { cluster, clusterProps, host } from "../support/cluster";
import { artefactsOf, documentsOf, yamlOf } from "../support/synthesized";
import { program } from "./support/systemd";

test("a unit has the same flags as the static pod", () => {
  const units = artefactsOf(program({ binaryDirectory: "/opt/k8s" }));
  const pods = artefactsOf(cluster({ nodes: [host(1)] }));
  for (const { id } of COMPONENTS) {
    const pod = yamlOf(
      pods.get(`nodes/cp-1/root/etc/kubernetes/manifests/${id}.yaml`)!,
    );
    const { spec } = units.get(
      `nodes/cp-1/root/etc/systemd/system/${id}.service`,
    )!;
    const [, command] = /ExecStart=((?:.*\\\n)*.*)/.exec(spec)!;
    const words = command
      .split(" \\\n")
      .map((word) => word.trim().replace(/^"(.*)"$/, "$1"));
    expect(words).toEqual([
      `/opt/k8s/${id}`,
      ...pod.spec.containers[0].command.slice(1),
    ]);
  }
});

test("a cluster from a kubeadm file may use units", () => {
  const artefacts = artefactsOf((stack) => {
    ControlPlane.fromKubeadmConfig(stack, "cluster", {
      config: [
        "apiVersion: kubeadm.k8s.io/v1beta4",
        "kind: InitConfiguration",
        "localAPIEndpoint: {advertiseAddress: 10.0.0.11}",
        "nodeRegistration: {name: cp-1}",
        "---",
        "apiVersion: kubeadm.k8s.io/v1beta4",
        "kind: ClusterConfiguration",
        "kubernetesVersion: v1.36.3",
      ].join("\n"),
      runtime: Runtime.systemd(),
    });
  });
  expect([...artefacts.keys()]).toContain(
    "nodes/cp-1/root/etc/systemd/system/kube-apiserver.service",
  );
});

test("a value that is known only at apply is quoted by Terraform", () => {
  const units = artefactsOf((stack) => {
    const address = new TerraformLocal(stack, "address", "10.0.0.11");
    new ControlPlane(
      stack,
      "cluster",
      clusterProps({
        runtime: Runtime.systemd(),
        nodes: [{ name: "cp-1", address: Token.asString(address.expression) }],
        apiServer: {
          extraEnvs: [
            { name: "PROXY", value: Token.asString(address.expression) },
          ],
        },
      }),
    );
  });
  const { spec } = units.get(
    "nodes/cp-1/root/etc/systemd/system/kube-apiserver.service",
  )!;
  expect(spec).toContain(
    '${replace(replace(jsonencode("--advertise-address=${local.address}"), "%", "%%"), "$", "$$")}',
  );
  expect(spec).toContain(
    'Environment=${replace(jsonencode("PROXY=${local.address}"), "%", "%%")}',
  );
});

describe("the cluster objects", () => {
  const artefacts = artefactsOf(program());

  test("do not include kube-proxy, which runs as units", () => {
    expect([...artefacts.keys()]).not.toContain("objects/kube-proxy.yaml");
    const [{ data }] = documentsOf(
      artefacts.get("objects/kubeadm-config.yaml")!,
    );
    expect(data.ClusterConfiguration.$yaml.proxy).toEqual({ disabled: true });
  });

  test("configure no static pod path for joining kubelets", () => {
    const [{ data }] = documentsOf(
      artefacts.get("objects/kubelet-config.yaml")!,
    );
    expect(data.kubelet.$yaml).not.toHaveProperty("staticPodPath");
  });
});
