import {
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  type VirtualIpProps,
} from "../../lib";
import { clusterProps, newStack, node, NODES, token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import {
  addWorker,
  at,
  filesOf,
  VIRTUAL_IP,
  virtualIp,
  worker,
} from "./support/endpoint";

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
