import { load } from "js-yaml";
import { Etcd, Runtime } from "../../lib";
import { cluster, host } from "../support/cluster";
import { artefactsOf, yamlOf } from "../support/synthesized";
import { filesOf, program } from "./support/systemd";

describe("the files of a node", () => {
  const files = filesOf(program(), "cp-1");

  test("include units instead of static pods", () => {
    expect(
      Object.keys(files).filter((path) => /manifests|systemd/.test(path)),
    ).toEqual([
      "/etc/systemd/system/etcd.service",
      "/etc/systemd/system/kube-apiserver.service",
      "/etc/systemd/system/kube-controller-manager.service",
      "/etc/systemd/system/kube-scheduler.service",
      "/etc/systemd/system/kubelet.service",
      "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
      "/etc/systemd/system/kube-proxy.service",
    ]);
  });

  test("can be read only by the user of the component that needs them", () => {
    const secret = Object.entries(files).filter(
      ([, access]) => !access.startsWith("0644"),
    );
    const readers = (access: string) =>
      secret.filter(([, each]) => each === access).map(([path]) => path);
    const pki = "/etc/kubernetes/pki";
    expect(readers("0640 root:etcd").sort()).toEqual([
      `${pki}/etcd/peer.key`,
      `${pki}/etcd/server.key`,
    ]);
    expect(readers("0640 root:kubernetes").sort()).toEqual(
      [
        "/etc/kubernetes/controller-manager.conf",
        `${pki}/apiserver-etcd-client.key`,
        `${pki}/apiserver-kubelet-client.key`,
        `${pki}/apiserver.key`,
        `${pki}/ca.key`,
        `${pki}/front-proxy-client.key`,
        `${pki}/sa.key`,
        `${pki}/sa.pub`,
        "/etc/kubernetes/scheduler.conf",
      ].sort(),
    );
    expect(readers("0600").sort()).toEqual([
      "/etc/kubernetes/admin.conf",
      "/etc/kubernetes/kube-proxy.conf",
      "/etc/kubernetes/kubelet.conf",
      `${pki}/etcd/ca.key`,
      `${pki}/etcd/healthcheck-client.key`,
      `${pki}/front-proxy-ca.key`,
      "/etc/kubernetes/super-admin.conf",
      "/var/lib/kubelet/pki/kubelet.key",
    ]);
    expect(
      Object.keys(files).filter(
        (path) => /\.key$|\.conf$/.test(path) && files[path] === "0644",
      ),
    ).toEqual([
      "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
      "/var/lib/kube-proxy/config.conf",
    ]);
  });

  test("belong only to root if root runs everything", () => {
    const roots = filesOf(program({ user: "root", etcdUser: "root" }), "cp-1");
    expect(Object.keys(roots)).toEqual(Object.keys(files));
    expect(new Set(Object.values(roots))).toEqual(new Set(["0600", "0644"]));
  });

  test("include the user's files, which can be read by the user of the unit whose flag names them", () => {
    const text = "";
    const yours = [
      { path: "/etc/audit.yaml", text },
      { path: "/etc/webhook.conf", text, mode: "0600" },
      { path: "/etc/policy.yaml", text, owner: "root:audit" },
      { path: "/etc/motd", text },
    ];
    const extraArgs = {
      "audit-policy-file": "/etc/audit.yaml",
      "audit-webhook-config-file": "/etc/webhook.conf",
      "admission-control-config-file": "/etc/policy.yaml",
    };
    const nodes = [{ ...host(1), files: yours }];
    const given = { nodes, apiServer: { extraArgs } };
    expect(filesOf(program({}, given), "cp-1")).toMatchObject({
      "/etc/audit.yaml": "0640 root:kubernetes",
      "/etc/webhook.conf": "0600 root:kubernetes",
      "/etc/policy.yaml": "0640 root:audit",
      "/etc/motd": "0600",
    });
    expect(filesOf(cluster(given), "cp-1")).toMatchObject({
      "/etc/audit.yaml": "0600",
      "/etc/webhook.conf": "0600",
      "/etc/policy.yaml": "0600 root:audit",
      "/etc/motd": "0600",
    });
  });

  test("include kubelet and kube-proxy on a worker", () => {
    expect(filesOf(program(), "w-1")).toEqual({
      "/etc/kubernetes/kube-proxy.conf": "0600",
      "/etc/kubernetes/pki/ca.crt": "0644",
      "/etc/systemd/system/kube-proxy.service": "0644",
      "/etc/systemd/system/kubelet.service": "0644",
      "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf": "0644",
      "/var/lib/kube-proxy/config.conf": "0644",
      "/var/lib/kubelet/config.yaml": "0644",
      "/var/lib/kubelet/pki/kubelet.crt": "0644",
      "/var/lib/kubelet/pki/kubelet.key": "0600",
    });
    const artefacts = artefactsOf(program());
    const tree = (path: string) => artefacts.get(`nodes/w-1/root${path}`)!;
    const kubeconfig = yamlOf(tree("/etc/kubernetes/kube-proxy.conf"));
    expect(kubeconfig.clientCertificate.subject).toEqual({
      commonName: "system:kube-proxy",
    });
    expect(kubeconfig.config.clusters[0].cluster.server).toBe(
      "https://api.example.org:6443",
    );
    expect(tree("/etc/systemd/system/kube-proxy.service").spec).toContain(
      "--hostname-override=w-1",
    );
    expect(yamlOf(tree("/var/lib/kube-proxy/config.conf"))).toMatchObject({
      clientConnection: { kubeconfig: "/etc/kubernetes/kube-proxy.conf" },
    });
    const kubelet = load(tree("/var/lib/kubelet/config.yaml").spec);
    expect(kubelet).not.toHaveProperty("staticPodPath");
  });

  test("include one unit that creates the log directory", () => {
    const logs = program({ logDirectory: "/usr/local/k8s/logs" });
    const artefacts = artefactsOf(logs);
    for (const name of ["cp-1", "w-1"]) {
      const unit = (id: string) =>
        artefacts.get(`nodes/${name}/root/etc/systemd/system/${id}.service`)!
          .spec;
      expect(unit("kubernetes-logs")).toContain(
        "install -d -m 0750 -o root -g root /usr/local/k8s/logs",
      );
      expect(unit("kubelet")).toContain(
        "StandardError=append:/usr/local/k8s/logs/kubelet.log",
      );
    }
  });
});

test("directories are created for a component's user, except those inside another, which the component creates", () => {
  const extraArgs = { "wal-dir": "/var/lib/etcd/wal" };
  const settingsOf = (args: Record<string, string>) =>
    artefactsOf(
      cluster({
        runtime: Runtime.systemd(),
        etcd: Etcd.stacked({ extraArgs: args }),
      }),
    )
      .get("nodes/cp-1/root/etc/systemd/system/etcd.service")!
      .spec.split("\n")
      .filter((line) => /^(ExecStartPre|ReadWritePaths)=/.test(line));
  const install = "ExecStartPre=+/usr/bin/install -d -m 0700 -o etcd -g etcd";
  expect(settingsOf(extraArgs)).toEqual([
    `${install} /var/lib/etcd`,
    "ReadWritePaths=-/var/lib/etcd",
  ]);
  expect(settingsOf({ "wal-dir": "/fast/wal" })).toEqual([
    `${install} /var/lib/etcd`,
    `${install} /fast/wal`,
    "ReadWritePaths=-/var/lib/etcd",
    "ReadWritePaths=-/fast/wal",
  ]);
});
