import type { Site, SiteNode } from "../../lib/catalog/site";
import {
  controlPlaneNodeRequest,
  workerNodeRequest,
} from "../../lib/render/node-components";
import { staticPod, controlPlaneComponents } from "../../lib/render/static-pod";
import { addressOf } from "../../lib/constructs/hosts";
import { type Json, KUBEADM_CASES } from "../support/kubeadm";
import { siteOf } from "../support/site";

const single = siteOf(
  KUBEADM_CASES.find(
    ({ name, version }) => name === "single" && version === "v1.36.3",
  )!.config,
);
const [node] = single.nodes;
const healthOf = (site: Site, each: SiteNode = site.nodes[0]) =>
  Object.fromEntries(
    controlPlaneNodeRequest(site, each).components.map(({ name, health }) => [
      name,
      `${health?.scheme}://${health?.host}:${health?.port}${health?.path}`,
    ]),
  );

test("a control-plane node runs its static pods and then kubelet", () => {
  const { components } = controlPlaneNodeRequest(single, node);
  expect(
    components.map(({ name, manifest, ports }) => [name, manifest, ports]),
  ).toEqual([
    ["etcd", "/etc/kubernetes/manifests/etcd.yaml", [2379, 2380, 2381]],
    ["kube-apiserver", "/etc/kubernetes/manifests/kube-apiserver.yaml", [6443]],
    [
      "kube-controller-manager",
      "/etc/kubernetes/manifests/kube-controller-manager.yaml",
      [10257],
    ],
    [
      "kube-scheduler",
      "/etc/kubernetes/manifests/kube-scheduler.yaml",
      [10259],
    ],
    ["kubelet", undefined, [10250]],
  ]);
});

test("each component's readiness is checked at an address on which it listens", () => {
  expect(healthOf(single)).toEqual({
    etcd: "http://127.0.0.1:2381/readyz",
    "kube-apiserver": "https://192.168.100.155:6443/readyz",
    "kube-controller-manager": "https://127.0.0.1:10257/healthz",
    "kube-scheduler": "https://127.0.0.1:10259/readyz",
    kubelet: "http://127.0.0.1:10248/healthz",
  });
});

describe.each(
  KUBEADM_CASES.map((each): [string, string, string] => [
    each.version,
    each.name,
    each.config,
  ]),
)("%s %s", (_version, _name, config) => {
  const site = siteOf(config);

  test("checks health like kubelet's own probe", () => {
    const { components } = controlPlaneNodeRequest(site, site.nodes[0]);
    for (const row of controlPlaneComponents(site)) {
      const pod = staticPod(row, site, site.nodes[0]) as Json;
      const [container] = pod.spec.containers;
      const { httpGet } = container.readinessProbe ?? container.livenessProbe;
      const { health } = components.find(({ name }) => name === row.id)!;
      const port =
        httpGet.port === "probe-port"
          ? container.ports[0].containerPort
          : httpGet.port;
      expect(health).toEqual({
        scheme: httpGet.scheme.toLowerCase(),
        host: httpGet.host ?? site.nodes[0].address.host,
        port,
        path: httpGet.path,
      });
    }
  });

  test("names the images of its pods", () => {
    const { images } = controlPlaneNodeRequest(site, site.nodes[0]);
    const inPods = controlPlaneComponents(site).map(
      (row) =>
        (staticPod(row, site, site.nodes[0]) as Json).spec.containers[0].image,
    );
    expect(images).toEqual(expect.arrayContaining(inPods));
    expect(images.some((image) => image.includes("/pause:"))).toBe(true);
    expect(images.some((image) => image.includes("/coredns:"))).toBe(
      site.dns.enabled,
    );
    expect(images.some((image) => image.includes("/kube-proxy:"))).toBe(
      site.kubeProxy.enabled,
    );
  });
});

test("a component that listens on all addresses is checked at the node's address", () => {
  const site: Site = {
    ...single,
    controllerManager: {
      ...single.controllerManager,
      extraArgs: { "bind-address": "0.0.0.0" },
    },
  };
  expect(healthOf(site)["kube-controller-manager"]).toBe(
    "https://192.168.100.155:10257/healthz",
  );
});

test("an IPv6 node is checked at the IPv6 loopback address", () => {
  const ipv6 = {
    ...node,
    address: addressOf("fd00::1"),
    loopback: addressOf("::1"),
  };
  const components = controlPlaneNodeRequest(
    { ...single, nodes: [ipv6] },
    ipv6,
  );
  expect(components.components[0].health?.host).toBe("::1");
  expect(components.components[1].health?.host).toBe("fd00::1");
});

test("with an external etcd, nodes neither run etcd nor pull its image", () => {
  const site: Site = {
    ...single,
    etcd: { kind: "external", endpoints: ["http://etcd:2379"] },
  };
  const { components, images } = controlPlaneNodeRequest(site, node);
  expect(components[0].name).toBe("kube-apiserver");
  expect(images.join()).not.toContain("etcd");
});

describe("kubelet", () => {
  const healthAt = (
    config: Record<string, unknown>,
    kubeletExtraArgs: Record<string, string> = {},
  ) => {
    const site: Site = { ...single, kubelet: { config, extraArgs: {} } };
    const facts = workerNodeRequest(site, { ...node, kubeletExtraArgs });
    const [{ health, ports }] = facts.components;
    return [health?.host, health?.port, ...ports, facts.port];
  };

  test("is checked at the address in its configuration", () => {
    expect(healthAt({})).toEqual(["127.0.0.1", 10248, 10250, 10250]);
    expect(
      healthAt({ healthzPort: 1, healthzBindAddress: "10.0.0.1" }),
    ).toEqual(["10.0.0.1", 1, 10250, 10250]);
    expect(healthAt({ healthzBindAddress: "0.0.0.0", port: 2 })).toEqual([
      "127.0.0.1",
      10248,
      2,
      2,
    ]);
  });

  test("is checked at the address in its flags, which take precedence", () => {
    expect(
      healthAt({ healthzPort: 1 }, { "healthz-port": "3", port: "4" }),
    ).toEqual(["127.0.0.1", 3, 4, 4]);
  });
});

test("a worker runs only kubelet, and has no labels or taints of the control plane", () => {
  const facts = workerNodeRequest(single, node);
  expect(facts.components.map(({ name }) => name)).toEqual(["kubelet"]);
  expect(facts.labels).toEqual({});
  expect(facts.taints).toEqual([]);
  expect(facts.images).toHaveLength(2);
});

test("a component may take as long to start as kubelet allows", () => {
  const timeouts = (startupTimeout?: number) => [
    ...new Set(
      controlPlaneNodeRequest(
        { ...single, startupTimeout },
        node,
      ).components.map(({ timeout }) => timeout),
    ),
  ];
  expect(timeouts()).toEqual([240]);
  expect(timeouts(600)).toEqual([600]);
});
