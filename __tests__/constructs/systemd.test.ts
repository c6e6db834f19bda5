import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformLocal, Token } from "cdktf";
import { load } from "js-yaml";
import {
  ControlPlane,
  type ControlPlaneProps,
  Etcd,
  NodeAccess,
  Runtime,
  type SystemdProps,
} from "../../lib";
import { COMPONENTS } from "../../lib/catalog/components";
import { cluster, clusterProps, node } from "../support/cluster";
import { messageOf } from "../support/errors";
import { requestsOf, resourcesOf } from "../support/rollouts";
import { artefactsOf, documentsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";

const host = (number: number) =>
  node(number, { access: NodeAccess.ssh({ host: `10.0.0.1${number}` }) });
const worker = {
  name: "w-1",
  address: "10.0.0.21",
  access: NodeAccess.ssh({ host: "10.0.0.21" }),
};

const program = (
  runtime: SystemdProps = {},
  props: Partial<ControlPlaneProps> = {},
): Program =>
  cluster(
    { runtime: Runtime.systemd(runtime), nodes: [host(1)], ...props },
    (controlPlane) => controlPlane.addWorkers("pool", { nodes: [worker] }),
  );

/** Mode and owner of each file in a node tree. */
const filesOf = (of: Program, name: string): Record<string, string> =>
  Object.fromEntries(
    resourcesOf(of)
      .flatMap(({ triggers }) => triggers.files?.split("\n") ?? [])
      .flatMap((line) => {
        const [path, ...rest] = line.split(" ");
        const root = `nodes/${name}/root`;
        return path.startsWith(root)
          ? [[path.slice(root.length), rest.join(" ")]]
          : [];
      }),
  );

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

describe("the rollout", () => {
  test("gets the units, their binaries and their users", () => {
    const requests = requestsOf(program({ binaryDirectory: "/opt/k8s" }));
    const [controlPlane] = requests.rollout.nodes;
    const units = ["etcd", "kube-apiserver", "kube-controller-manager"];
    const all = [...units, "kube-scheduler", "kube-proxy", "kubelet"];
    expect(
      controlPlane.components.map(({ name, unit, manifest }) => [
        name,
        unit,
        manifest,
      ]),
    ).toEqual(all.map((id) => [id, `${id}.service`, undefined]));
    expect(controlPlane.binaries).toEqual(
      all.map((id) => ({ path: `/opt/k8s/${id}` })),
    );
    expect(controlPlane.users).toEqual(["etcd", "kubernetes"]);
    // CoreDNS, and the pause image that every pod needs.
    expect(controlPlane.images).toEqual([
      "registry.k8s.io/pause:3.10.2",
      "registry.k8s.io/coredns/coredns:v1.14.2",
    ]);
    const [pool] = requests["workers/pool/rollout"].pool!.nodes;
    expect(pool.binaries).toEqual(
      ["kube-proxy", "kubelet"].map((id) => ({ path: `/opt/k8s/${id}` })),
    );
    expect(pool.users).toEqual([]);
    expect(pool.components[0]).toMatchObject({
      unit: "kube-proxy.service",
      health: {
        scheme: "http",
        host: "127.0.0.1",
        port: 10256,
        path: "/livez",
      },
      ports: [10256, 10249],
    });
  });

  test("checks the health of kube-proxy at the configured address", () => {
    const config = {
      healthzBindAddress: "[::1]:11000",
      metricsBindAddress: "0.0.0.0",
    };
    const { rollout } = requestsOf(program({}, { kubeProxy: { config } }));
    const [{ components }] = rollout.nodes;
    expect(components.find(({ name }) => name === "kube-proxy")).toMatchObject({
      health: { host: "::1", port: 11000 },
      ports: [11000, 10249],
    });
  });

  test("has no kube-proxy if the cluster has none", () => {
    const none = program({}, { kubeProxy: { enabled: false } });
    expect(JSON.stringify(requestsOf(none))).not.toContain("kube-proxy");
    expect(Object.keys(filesOf(none, "w-1")).join()).not.toContain("proxy");
  });

  describe("that delivers binaries", () => {
    const directory = mkdtempSync(join(tmpdir(), "binaries-"));
    const ids = [...COMPONENTS.map(({ id }) => id), "kube-proxy", "kubelet"];
    for (const id of ids) writeFileSync(join(directory, id), id);
    afterAll(() => rmSync(directory, { recursive: true }));
    const lines = (of: Program, path: string) =>
      Object.entries(
        resourcesOf(of).find((each) => each.path === path)!.triggers,
      ).filter(([line]) => line.startsWith("binary "));
    const hash = (id: string) => `\${filesha256("${directory}/${id}")}`;

    test("has a trigger with the hash of each binary", () => {
      const of = program({ binaries: directory });
      const etcd = `${directory}/etcd`;
      expect(requestsOf(of).rollout.nodes[0].binaries).toContainEqual({
        path: "/usr/local/bin/etcd",
        source: { file: etcd, sha256: `\${filesha256("${etcd}")}` },
      });
      expect(lines(of, "cluster/rollout").sort()).toEqual(
        ids.map((id) => [`binary ${id}`, hash(id)]).sort(),
      );
      expect(lines(of, "cluster/workers/pool/rollout")).toEqual(
        ["kube-proxy", "kubelet"].map((id) => [`binary ${id}`, hash(id)]),
      );
    });

    test("has no such triggers if the binaries are on the nodes already", () => {
      expect(lines(program(), "cluster/rollout")).toEqual([]);
    });

    test("fails when binaries are missing, names all of them, and says where they come from", () => {
      const some = mkdtempSync(join(tmpdir(), "some-binaries-"));
      for (const id of ids.filter((id) => !/^etcd$|^kubelet$/.test(id)))
        writeFileSync(join(some, id), id);
      const messageWith = (binaries: string): string =>
        messageOf(() => requestsOf(program({ binaries })));
      expect(messageWith(some)).toContain(
        `binaries ${JSON.stringify(some)} has no etcd, kubelet.`,
      );
      const message = messageWith("nowhere");
      expect(message).toMatch(
        /^binaries "nowhere" has no etcd, kube-apiserver, kube-controller-manager, kube-scheduler, /,
      );
      expect(message).toContain(
        "\n  kubelet: curl -fLO https://dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet",
      );
      expect(message).toContain(
        "\n  etcd: https://github.com/etcd-io/etcd/releases/tag/v3.6.8 has an archive",
      );
      rmSync(some, { recursive: true });
    });
  });
});

describe("fails", () => {
  test.each<[string, SystemdProps, RegExp]>([
    ...[
      "../bin",
      "bin",
      "/opt/../bin",
      "/a b",
      "/a\nb",
      "/a%b",
      '/a"b',
      "/",
    ].map((path): [string, SystemdProps, RegExp] => [
      `when binaryDirectory is ${JSON.stringify(path)}`,
      { binaryDirectory: path },
      /binaryDirectory .* is not a path/,
    ]),
    [
      "when binaryDirectory is hidden from units",
      { binaryDirectory: "/home/k8s/bin" },
      /binaryDirectory "\/home\/k8s\/bin" is in a directory that is hidden from units/,
    ],
    [
      "when other programs use logDirectory",
      { logDirectory: "/var/log" },
      /logDirectory "\/var\/log" is a directory that other programs use.*Write "\/var\/log\/kubernetes"/s,
    ],
    [
      "when logDirectory contains the binaries",
      { binaryDirectory: "/opt/k8s/bin", logDirectory: "/opt/k8s" },
      /logDirectory "\/opt\/k8s" is a directory that other programs use/,
    ],
    ...["Admin", "a b", "a\nUser=root", "%n", "", "-a", "a".repeat(33)].map(
      (user): [string, SystemdProps, RegExp] => [
        `when the user is ${JSON.stringify(user)}`,
        { user },
        /user .* is not the name of a user that can run units/,
      ],
    ),
    [
      "when the user of etcd is not valid",
      { etcdUser: "et;cd" },
      /etcdUser "et;cd" is not the name/,
    ],
  ])("%s", (_, props, message) => {
    expect(() => Runtime.systemd(props)).toThrow(message);
  });

  test.each<[string, Partial<ControlPlaneProps>, RegExp]>([
    [
      "when a component has extraVolumes",
      {
        apiServer: {
          extraVolumes: [
            { name: "audit", hostPath: "/audit", mountPath: "/audit" },
          ],
        },
      },
      /apiServer\.extraVolumes has audit, but with Runtime\.systemd\(\)/,
    ],
    [
      "when a variable has valueFrom",
      {
        scheduler: {
          extraEnvs: [
            {
              name: "IP",
              valueFrom: { fieldRef: { fieldPath: "status.podIP" } },
            },
          ],
        },
      },
      /scheduler\.extraEnvs has IP with valueFrom/,
    ],
    [
      "when systemd would ignore a variable",
      { apiServer: { extraEnvs: [{ name: "a.b", value: "c" }] } },
      /apiServer\.extraEnvs has "a\.b"/,
    ],
    [
      "when other programs use the directory of audit logs",
      { apiServer: { extraArgs: { "audit-log-path": "/var/log/audit.log" } } },
      /a directory of kube-apiserver "\/var\/log" is a directory that other programs use/,
    ],
    [
      "when audit logs are in logDirectory",
      {
        runtime: Runtime.systemd({ logDirectory: "/var/log/k8s" }),
        apiServer: {
          extraArgs: { "audit-log-path": "/var/log/k8s/audit.log" },
        },
      },
      /kube-apiserver would write to "\/var\/log\/k8s", which is in logDirectory/,
    ],
    [
      "when the WAL directory of etcd is not a valid path",
      { etcd: Etcd.stacked({ extraArgs: { "wal-dir": "/a b" } }) },
      /a directory of etcd "\/a b" is not a path/,
    ],
    [
      "when certificatesDir is hidden from units",
      { certificatesDir: "/root/pki" },
      /certificatesDir "\/root\/pki" is in a directory that is hidden from units/,
    ],
  ])("%s", (_, props, message) => {
    expect(() => artefactsOf(program({}, props))).toThrow(message);
  });
});

test("the request for static pods has no unit, binary or user", () => {
  const [first] = requestsOf(cluster({ nodes: [host(1)] })).rollout.nodes;
  expect(first).not.toHaveProperty("binaries");
  expect(first).not.toHaveProperty("users");
});
