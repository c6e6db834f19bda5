import { Testing } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  type VirtualIpProps,
} from "../../lib";
import { clusterProps, node, NODES, token, newStack } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

const VIRTUAL_IP = "10.0.0.100";
const virtualIp = (props: Partial<VirtualIpProps> = {}) =>
  Endpoint.virtualIp({ address: VIRTUAL_IP, ...props });

/** The specs of all files, by their paths in the store. */
function filesOf(
  props: Partial<ControlPlaneProps>,
  use: (cluster: ControlPlane) => void = () => {},
): Map<string, string> {
  const stack = newStack();
  use(new ControlPlane(stack, "cluster", clusterProps(props)));
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: {
      terraform_data: Record<
        string,
        { triggers_replace?: { files?: string; spec?: string } }
      >;
    };
  };
  return new Map(
    Object.values(resource.terraform_data).flatMap(
      ({ triggers_replace: { files, spec } = {} }) =>
        files === undefined || spec === undefined
          ? []
          : files
              .split("\n")
              .map((line): [string, string] => [line.split(" ")[0], spec]),
    ),
  );
}

const worker = { name: "worker-1", address: "10.0.0.21" };
const addWorker = (cluster: ControlPlane) =>
  void cluster.addWorkers("pool", { nodes: [worker] });
const at = (node: string, path: string) => `nodes/${node}/root${path}`;

describe("a fixed endpoint", () => {
  test("may be written in its short form", () => {
    const short = filesOf({ endpoint: "api.example.org:6443" });
    expect(
      filesOf({ endpoint: Endpoint.fixed("api.example.org:6443") }),
    ).toEqual(short);
    expect([...short.keys()].join()).not.toMatch(/endpoint|haproxy/);
  });
});

describe("a virtual IP", () => {
  const files = filesOf({ endpoint: virtualIp(), nodes: NODES }, addWorker);
  const keepalived = (name: string) =>
    files.get(at(name, "/etc/kubernetes/endpoint/keepalived.conf"));

  test("is in certificates, in kubeconfigs, and in the configuration of kube-proxy and joining nodes", () => {
    const server = `https://${VIRTUAL_IP}:8443`;
    expect(
      files.get(at("cp-2", "/etc/kubernetes/pki/apiserver.crt")),
    ).toContain(`- ${VIRTUAL_IP}\n`);
    for (const path of [
      "kubeconfigs/admin.conf",
      at("cp-1", "/etc/kubernetes/admin.conf"),
      "objects/kube-proxy.yaml",
      "objects/cluster-info.yaml",
    ])
      expect(files.get(path)).toContain(server);
    expect(files.get(at("cp-1", "/etc/kubernetes/kubelet.conf"))).toContain(
      "https://10.0.0.11:6443",
    );
  });

  test("has nodes that know each other, and the first has the highest priority", () => {
    expect(keepalived("cp-2")).toContain(
      "unicast_src_ip 10.0.0.12\n  unicast_peer {\n    10.0.0.11\n    10.0.0.13\n  }",
    );
    const priorities = NODES.map(
      ({ name }) => /priority (\d+)/.exec(keepalived(name)!)![1],
    );
    expect(priorities).toEqual(["250", "249", "248"]);
    expect(keepalived("cp-1")).toContain("virtual_router_id 100\n");
  });

  test("adds nothing to workers, which cannot hold it", () => {
    const its = [...files.keys()].filter((path) => path.includes("worker-1"));
    expect(its.join()).not.toMatch(/endpoint|systemd.*proxy/);
  });

  test("has a secret that a plan does not show", () => {
    expect(files.get("pki/vrrp.secret")).toBe(
      "letters: 8\nprefix: 'auth_pass '\n",
    );
    const copy = at("cp-3", "/etc/kubernetes/endpoint/vrrp-secret.conf");
    expect(files.get(copy)).toBe("copy of pki/vrrp.secret");
    expect(keepalived("cp-3")).toContain(
      "auth_type PASS\n    include /etc/kubernetes/endpoint/vrrp-secret.conf",
    );
  });

  test("is on the given interface, or on the one with the node's address", () => {
    const given = filesOf({ endpoint: virtualIp({ interface: "bond0.7" }) });
    const path = at("cp-1", "/etc/kubernetes/endpoint/keepalived.conf");
    expect(given.get(path)).toContain("interface bond0.7\n");
    expect([...given.keys()].join()).not.toContain("find-interface");
    expect(keepalived("cp-1")).toContain("interface $INTERFACE\n");
  });

  test("with IPv6 has no secret, because the protocol has none", () => {
    const ipv6 = filesOf({
      endpoint: virtualIp({ address: "fd00::64" }),
      serviceSubnet: "fd00:10:96::/112",
      podSubnet: "fd00:10:244::/56",
      nodes: [node(1, { address: "fd00::11" })],
    });
    const path = at("cp-1", "/etc/kubernetes/endpoint/keepalived.conf");
    expect(ipv6.get(path)).not.toContain("authentication");
    expect(ipv6.get(path)).toContain("virtual_router_id 100\n");
    expect(
      ipv6.get(at("cp-1", "/etc/kubernetes/endpoint/haproxy.cfg")),
    ).toContain("bind [fd00::64]:8443 transparent\n");
    expect([...ipv6.keys()].join()).not.toContain("vrrp-secret.conf");
  });

  test("that is known only at apply is validated then", () => {
    const later = filesOf({
      endpoint: virtualIp({ address: token, routerId: 7 }),
    });
    expect(
      later.get(at("cp-1", "/etc/kubernetes/endpoint/keepalived.conf")),
    ).toContain('${try(regex("^[][0-9A-Fa-f:.]+$", file("x")), "")}');
  });
});

describe("a proxy on each node", () => {
  const files = filesOf(
    { endpoint: Endpoint.localProxy(), nodes: NODES },
    addWorker,
  );

  test("is used by nodes, but not by people", () => {
    const own = "https://127.0.0.1:8443";
    for (const path of [
      at("cp-1", "/etc/kubernetes/admin.conf"),
      at("cp-3", "/etc/kubernetes/super-admin.conf"),
      "objects/kube-proxy.yaml",
    ])
      expect(files.get(path)).toContain(own);
    for (const path of ["kubeconfigs/admin.conf", "objects/cluster-info.yaml"])
      expect(files.get(path)).toContain("https://10.0.0.11:6443");
    expect(
      files.get(at("cp-2", "/etc/kubernetes/pki/apiserver.crt")),
    ).toContain("- 127.0.0.1\n");
    const { endpoint } = new ControlPlane(
      newStack(),
      "cluster",
      clusterProps({ endpoint: Endpoint.localProxy(), nodes: NODES }),
    );
    expect(endpoint).toBe("https://10.0.0.11:6443");
  });

  test("is also on workers, and forwards to every API server", () => {
    for (const name of ["cp-1", "cp-2", "cp-3", "worker-1"]) {
      const text = files.get(at(name, "/etc/kubernetes/endpoint/haproxy.cfg"))!;
      expect(text).toContain("bind 127.0.0.1:8443\n");
      expect(text.match(/server cp-\d 10\.0\.0\.1\d:6443/g)).toHaveLength(3);
      expect(
        files.get(at(name, "/etc/systemd/system/kube-apiserver-proxy.service")),
      ).toContain("Proxy to the API servers of test");
    }
    expect([...files.keys()].join()).not.toMatch(/keepalived|vrrp/);
  });
});

describe("bad input", () => {
  const refused = (props: Partial<ControlPlaneProps>, use = addWorker) =>
    messageOf(() => filesOf(props, use));

  test.each<[string, Partial<VirtualIpProps>, ...string[]]>([
    ["a name for a virtual IP", { address: "api.example.org" }, "api.example"],
    ["a port in a virtual IP", { address: "10.0.0.100:6443" }, "without"],
    ["a CIDR for a virtual IP", { address: "10.0.0.100/24" }, "/24"],
    ["an interface with a line break", { interface: "a\nb" }, '"a\\nb"'],
    ["an interface with a space", { interface: "eth0 x" }, '"eth0 x"'],
    ["an interface that is too long", { interface: "a".repeat(16) }, "15"],
    ["an empty interface", { interface: "" }, '""'],
    ["router id 0", { routerId: 0 }, "routerId 0", "1 to 255"],
    ["router id 256", { routerId: 256 }, "routerId 256", "1 to 255"],
    ["a fractional router id", { routerId: 1.5 }, "1.5"],
    ["a last byte that is not a router id", { address: "10.0.1.0" }, "is 0"],
    ["a token without a router id", { address: token }, "known"],
    ["port 0", { port: 0 }, "port of the endpoint 0"],
    ["the same port for both", { port: 8444 }, "both 8444"],
  ])("refuses %s", (_, props, ...parts) =>
    expectHelpful(
      messageOf(() => virtualIp(props)),
      ...parts,
    ),
  );

  test("refuses the address of a node, of a worker, and a further address of a node", () => {
    const own = Endpoint.virtualIp({ address: "10.0.0.12" });
    expectHelpful(
      refused({ endpoint: own, nodes: NODES }),
      '"10.0.0.12"',
      "node cp-2",
      'Endpoint.fixed("10.0.0.12:6443")',
    );
    const workers = Endpoint.virtualIp({ address: worker.address });
    expectHelpful(refused({ endpoint: workers }), "node worker-1");
    const second = node(1, { addresses: [VIRTUAL_IP] });
    expectHelpful(refused({ endpoint: virtualIp(), nodes: [second] }), "cp-1");
  });

  test("refuses an address in podSubnet, in serviceSubnet, or of another IP family", () => {
    const address = (address: string) => ({ endpoint: virtualIp({ address }) });
    expect(refused(address("10.244.3.9"))).toContain("podSubnet");
    expect(refused(address("10.96.0.77"))).toContain("serviceSubnet");
    expectHelpful(refused(address("fd00::64")), "fd00::64", "family");
  });

  test("refuses the ports of other components", () => {
    const port = (port: number) => ({
      endpoint: Endpoint.localProxy({ port }),
    });
    expectHelpful(refused(port(10250)), "10250", "kubelet");
    expectHelpful(refused(port(6443)), "6443", "cp-1", "bindAddress");
    expectHelpful(
      refused({ endpoint: Endpoint.localProxy({ healthPort: 2379 }) }),
      "healthPort",
      "2379",
      "etcdClient",
    );
    expectHelpful(
      refused({ endpoint: Endpoint.localProxy({ healthPort: 6443 }) }),
      "healthPort",
      "6443",
    );
  });

  test("accepts the API servers' port if they do not listen on the virtual IP", () => {
    const bind = (address: string) => ({
      endpoint: virtualIp({ port: 6443 }),
      apiServer: { extraArgs: { "bind-address": address } },
    });
    const path = at("cp-1", "/etc/kubernetes/endpoint/haproxy.cfg");
    const own = node(1, { bindAddress: "10.0.0.11" });
    const { endpoint } = bind("");
    expect(filesOf({ endpoint, nodes: [own] }).get(path)).toContain(":6443");
    expect(filesOf(bind("10.0.0.11")).get(path)).toContain(
      `bind ${VIRTUAL_IP}:6443 transparent`,
    );
    for (const address of ["0.0.0.0", "::", VIRTUAL_IP])
      expectHelpful(refused(bind(address)), "6443");
  });

  test("refuses API servers without anonymous health checks", () =>
    expectHelpful(
      refused({
        endpoint: virtualIp(),
        apiServer: { extraArgs: { "anonymous-auth": "false" } },
      }),
      "anonymous-auth",
      "/readyz",
      "authentication-config",
    ));

  test("refuses two clusters of an app with the same address or router id", () => {
    const both = (props: VirtualIpProps) => {
      const stack = newStack();
      const clusters = { one: { address: VIRTUAL_IP }, two: props };
      for (const [clusterName, given] of Object.entries(clusters))
        new ControlPlane(stack, clusterName, {
          ...clusterProps(),
          clusterName,
          endpoint: Endpoint.virtualIp(given),
        });
    };
    expectHelpful(
      messageOf(() => both({ address: "10.0.1.100" })),
      "router id 100",
      "10.0.1.100",
      "stack/one",
      "routerId: 101",
    );
    expectHelpful(
      messageOf(() => both({ address: VIRTUAL_IP, routerId: 3 })),
      VIRTUAL_IP,
      "stack/one",
    );
    both({ address: "10.0.1.100", routerId: 4 });
  });
});
