import { ControlPlane, Endpoint } from "../../lib";
import { clusterProps, newStack, node, NODES, token } from "../support/cluster";
import {
  addWorker,
  at,
  filesOf,
  VIRTUAL_IP,
  virtualIp,
} from "./support/endpoint";

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
