import { bringBinaries } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { step } from "../steps";

const CP = "10.77.0.11";
const PODS = `crictl --runtime-endpoint unix:///run/containerd/containerd.sock pods --namespace kube-system --state ready --output json 2>/dev/null || ctr --namespace k8s.io containers ls`;

describe("a control plane that changes from static pods to units", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [{ name: "cp-1", address: CP }],
      pods: false,
    });
    cluster = new Deployment(
      lab,
      "prod",
      program({
        clusterName: "prod",
        endpoint: `${CP}:6443`,
        sshKey: lab.sshKey,
        nodes: { "cp-1": CP },
      }),
    );
    bringBinaries(cluster);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("keeps its data and its ports", async () => {
    await cluster.deploy();
    await cluster.kubectl("create", "configmap", "remembered");
    cluster.edit((main) =>
      main
        .replace("PodNetwork }", "PodNetwork, Runtime }")
        .replace(
          /(?=^ {2}podNetwork:)/m,
          `  runtime: Runtime.systemd({ binaries: "bin" }),\n`,
        ),
    );
    await cluster.deploy();
    await cluster.kubectl("get", "configmap", "remembered");
    const host = lab.host("cp-1");
    expect(await host.exec(PODS)).not.toMatch(/kube-apiserver|etcd/);
    expect(await host.exec("stat -c %U /var/lib/etcd/member")).toBe("etcd\n");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("can be changed back", async () => {
    cluster.edit((main) => main.replace(/^ {2}runtime:.*\n/m, ""));
    await cluster.deploy();
    await cluster.kubectl("get", "configmap", "remembered");
    const units = "systemctl list-unit-files --no-legend 'kube-*' etcd.service";
    expect(await lab.host("cp-1").exec(`${units} || true`)).toBe("");
    expect((await cluster.deploy()).output).toContain("no changes");
  });
});
