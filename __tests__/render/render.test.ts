import { CERTIFICATES } from "../../lib/catalog/certificates";
import {
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
} from "../../lib/catalog/components";
import { kubeconfigRow } from "../../lib/catalog/kubeconfigs";
import type { Site } from "../../lib/catalog/site";
import { mergeArguments } from "../../lib/catalog/arguments";
import { withDefaults } from "../../lib/render/defaults";
import { goDuration } from "../../lib/catalog/go-duration";
import { kubeconfig, serverOf } from "../../lib/render/kubeconfig";
import { kubeletFiles } from "../../lib/render/kubelet";
import { objectGroups } from "../../lib/render/objects";
import {
  controlPlaneComponents,
  manifestPath,
  staticPod,
} from "../../lib/render/static-pod";
import { fileVariableWord } from "../../lib/render/unit";
import { toYaml } from "../../lib/render/yaml";
import { type Json, KUBEADM_CASES } from "../support/kubeadm";
import { addressOf } from "../../lib/constructs/hosts";
import { siteOf, withNode } from "../support/site";

const single = siteOf(
  KUBEADM_CASES.find(
    ({ name, version }) => name === "single" && version === "v1.36.3",
  )!.config,
);
const flags = (pod: object): string[] =>
  (pod as Json).spec.containers[0].command;

describe("a cluster of three nodes", () => {
  const site = withNode(
    withNode(single, "w2", "192.168.100.156"),
    "w3",
    "fd00::57",
  );
  const members =
    "w1=https://192.168.100.155:2380,w2=https://192.168.100.156:2380,w3=https://[fd00::57]:2380";

  test.each(site.nodes)("lists all members of etcd on $name", (node) => {
    expect(flags(staticPod(ETCD, site, node))).toContain(
      `--initial-cluster=${members}`,
    );
    expect(flags(staticPod(ETCD, site, node))).toContain(`--name=${node.name}`);
  });

  test.each(site.nodes)(
    "has on $name an API server that advertises its own address",
    (node) => {
      expect(flags(staticPod(KUBE_APISERVER, site, node))).toContain(
        `--advertise-address=${node.address.host}`,
      );
    },
  );

  test("changes only those files of the first node that name its peers", () => {
    const changed = controlPlaneComponents(site).filter(
      (row) =>
        toYaml(row.arguments(site, site.nodes[0])) !==
        toYaml(row.arguments(single, site.nodes[0])),
    );
    expect(changed.map(({ id }) => id)).toEqual(["etcd"]);
  });

  test("has a Node object with labels and taints for each control-plane node", () => {
    const group = objectGroups(site, "ca").find(({ id }) => id === "nodes")!;
    expect(group.objects.map(({ metadata }) => metadata.name)).toEqual([
      "w1",
      "w2",
      "w3",
    ]);
    expect(group.objects[1]).toMatchObject({
      metadata: { labels: { "node-role.kubernetes.io/control-plane": "" } },
      spec: {
        taints: [
          {
            key: "node-role.kubernetes.io/control-plane",
            effect: "NoSchedule",
          },
        ],
      },
    });
  });
});

test("manifests are in the folder of kubelet's static pods", () => {
  expect(controlPlaneComponents(single).map(manifestPath)).toEqual([
    "/etc/kubernetes/manifests/etcd.yaml",
    "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "/etc/kubernetes/manifests/kube-controller-manager.yaml",
    "/etc/kubernetes/manifests/kube-scheduler.yaml",
  ]);
});

test("with an external CA the controller manager signs nothing", () => {
  const site: Site = { ...single, externalCertificateAuthority: true };
  expect(
    flags(staticPod(KUBE_CONTROLLER_MANAGER, site, site.nodes[0])),
  ).toEqual(
    expect.arrayContaining([
      "--cluster-signing-cert-file=",
      "--cluster-signing-key-file=",
    ]),
  );
});

describe("values that are known only at apply", () => {
  const token = "${TfToken[TOKEN.42]}";
  const host = { host: token, urlHost: "${TfToken[TOKEN.43]}" };
  const node = { ...single.nodes[0], address: host, addresses: [token] };
  const site: Site = {
    ...single,
    nodes: [node],
    endpoint: { kind: "fixed", ...host, port: 6443 },
    certSans: [token],
  };

  test("pass through unchanged", () => {
    const rendered = toYaml([
      controlPlaneComponents(site).map((row) => row.arguments(site, node)),
      kubeletFiles(site, node, { fileVariableWord }),
      objectGroups(site, "ca"),
      CERTIFICATES.map((row) => row.names?.(site, node) ?? []),
    ]);
    expect(
      rendered.replaceAll(/\$\{TfToken\[TOKEN\.4[23]\]\}/g, ""),
    ).not.toContain("TOKEN");
    expect(flags(staticPod(KUBE_APISERVER, site, node))).toContain(
      `--advertise-address=${token}`,
    );
    expect(flags(staticPod(ETCD, site, node))).toContain(
      `--initial-cluster=w1=https://${host.urlHost}:2380`,
    );
  });
});

describe("kubeconfigs", () => {
  const [node] = single.nodes;
  const site: Site = {
    ...single,
    endpoint: { kind: "fixed", ...addressOf("fd00::1"), port: 8443 },
  };

  test("of components use the node's own API server, those of people use the endpoint", () => {
    expect(serverOf(kubeconfigRow("scheduler"), site, node)).toBe(
      "https://192.168.100.155:6443",
    );
    expect(serverOf(kubeconfigRow("admin"), site, node)).toBe(
      "https://[fd00::1]:8443",
    );
    expect(serverOf(kubeconfigRow("admin"), single, node)).toBe(
      "https://192.168.100.155:6443",
    );
  });

  test("can have the path of a CA and a token from a file", () => {
    const credentials = { token: { $text: { file: "token", sha256: "0" } } };
    expect(
      kubeconfig({
        clusterName: "prod",
        server: "https://a:1",
        authority: "/ca.crt",
        user: "eve",
        credentials,
      }),
    ).toMatchObject({
      clusters: [
        {
          name: "prod",
          cluster: {
            "certificate-authority": "/ca.crt",
            server: "https://a:1",
          },
        },
      ],
      users: [{ name: "eve", user: credentials }],
      "current-context": "eve@prod",
    });
  });
});

test("with two address families kubelet's node-ip has both addresses", () => {
  const site: Site = {
    ...single,
    serviceSubnets: ["10.96.0.0/12", "fd00::/112"],
  };
  const node = { ...site.nodes[0], addresses: ["fd00::5"] };
  const env = kubeletFiles(site, node, { fileVariableWord }).find(({ path }) =>
    path.endsWith(".env"),
  )!;
  expect(env.content).toContain("--node-ip=192.168.100.155,fd00::5");
});

test("a node's own kubelet flags replace the cluster's", () => {
  const site: Site = {
    ...single,
    kubelet: { config: {}, extraArgs: { v: "2", "max-pods": "9" } },
  };
  const node = { ...site.nodes[0], kubeletExtraArgs: { v: "4" } };
  const env = kubeletFiles(site, node, { fileVariableWord }).find(({ path }) =>
    path.endsWith(".env"),
  )!;
  expect(env.content).toBe(
    'KUBELET_KUBEADM_ARGS="--hostname-override=w1 --v=4 --max-pods=9"\n',
  );
});

test("an algorithm that a version of kubeadm does not support is not in its configuration", () => {
  const old = siteOf(
    KUBEADM_CASES.find(
      ({ name, version }) => name === "single" && version === "v1.33.13",
    )!.config,
  );
  const group = objectGroups({ ...old, keyAlgorithm: "ECDSA-P384" }, "ca").find(
    ({ id }) => id === "kubeadm-config",
  )!;
  expect(toYaml(group.objects[0])).not.toContain("encryptionAlgorithm");
});

test("the user's flags replace defaults of the same name, and keep their order", () => {
  const base = { b: "1", a: "1", c: "1" };
  expect(mergeArguments(base, { z: ["1", "2"], a: ["x", "y"], m: "" })).toEqual(
    ["--b=1", "--c=1", "--z=1", "--z=2", "--a=x", "--a=y", "--m="],
  );
});

test("empty fields get their defaults, but empty lists and zeros stay", () => {
  const defaults = { a: { b: 1, c: "x" }, list: [1], n: 5, s: "y" };
  expect(
    withDefaults(defaults, {
      a: { c: "" },
      list: [],
      n: 0,
      s: undefined,
      more: null,
    }),
  ).toEqual({
    a: { b: 1, c: "x" },
    list: [],
    n: 0,
    s: "y",
    more: null,
  });
});

test.each([
  [8760, "8760h0m0s"],
  [0.5, "0h30m0s"],
  [100.51, "100h30m36s"],
])("%d hours are %s in Go", (hours, text) =>
  expect(goDuration(hours)).toBe(text),
);
