import { statSync } from "node:fs";
import { Fn } from "cdktf";
import { Endpoint } from "../../lib";
import { cluster, NODES, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";

const deployment = new Deployment({ TF_LOG: "trace" });
afterAll(() => deployment.dispose());

const SECRET = `${STORE}/pki/vrrp.secret`;
const on = (node: string, file: string) =>
  `${STORE}/nodes/${node}/root/etc/kubernetes/endpoint/${file}`;

const withAddress = (address: string) => {
  deployment.write("address", address);
  const known = Fn.trimspace(Fn.file(deployment.path("address")));
  return cluster({
    endpoint: Endpoint.virtualIp({ address: known, routerId: 7 }),
    nodes: NODES,
  });
};

test("an address that is known only at apply is inserted into the files", () => {
  deployment.program(withAddress("10.0.0.100\n")).apply();
  expect(deployment.read(on("cp-2", "keepalived.conf"))).toContain(
    "  virtual_ipaddress {\n    10.0.0.100\n  }\n",
  );
  expect(deployment.read(on("cp-2", "haproxy.cfg"))).toContain(
    "bind 10.0.0.100:8443 transparent\n",
  );
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("all nodes have the same secret, readable only for root, and it is only in its files", () => {
  const secret = deployment.read(SECRET);
  expect(secret).toMatch(/^auth_pass [A-Za-z0-9]{8}\n$/);
  for (const { name } of NODES) {
    const copy = on(name, "vrrp-secret.conf");
    expect(deployment.read(copy)).toBe(secret);
    expect(statSync(deployment.path(copy)).mode & 0o777).toBe(0o600);
  }
  const word = secret.trim().split(" ")[1];
  deployment.remove(on("cp-3", "vrrp-secret.conf"));
  const places = [
    deployment.state(),
    JSON.stringify(deployment.planJson()),
    JSON.stringify(deployment.synthesized()),
    deployment.tryPlan().text,
    deployment.apply().text,
  ];
  for (const place of places) expect(place.includes(word)).toBe(false);
  expect(deployment.read(on("cp-3", "vrrp-secret.conf"))).toBe(secret);
});

test("a value that turns out not to be an address fails before anything is changed", () => {
  const before = deployment.read(on("cp-1", "haproxy.cfg"));
  const { ok, errors } = deployment
    .program(withAddress("10.0.0.100\n  server evil 10.6.6.6:6443\n"))
    .tryApply();
  expect(ok).toBe(false);
  expect(errors.join()).toContain(
    "is not an IP address. Allowed is an IPv4 address, an IPv6 address without brackets, or a token",
  );
  expect(deployment.read(on("cp-1", "haproxy.cfg"))).toBe(before);
});
