import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ENDPOINT_PROGRAMS, madeEndpoint } from "../../lib/catalog/endpoint";
import type { Site, SiteNode } from "../../lib/catalog/site";
import { hostOf } from "../../lib/constructs/hosts";
import { endpointComponents, endpointFiles } from "../../lib/render/endpoint";
import { KUBEADM_CASES } from "../support/kubeadm";
import { siteOf, withNode } from "../support/site";

const single = siteOf(
  KUBEADM_CASES.find(
    ({ name, version }) => name === "single" && version === "v1.36.3",
  )!.config,
);
const [first] = single.nodes;
const three = withNode(
  withNode(single, "cp-2", "192.168.100.156"),
  "cp-3",
  "192.168.100.157",
);
const PORTS = { port: 8443, healthPort: 8444 };
const VIRTUAL_IP = {
  kind: "virtual-ip" as const,
  routerId: 51,
  ...PORTS,
  ...hostOf("192.168.100.200"),
};
const LOCAL = {
  kind: "local-proxy" as const,
  ...PORTS,
  ...hostOf("127.0.0.1"),
};
const virtual: Site = { ...three, endpoint: VIRTUAL_IP };
const local: Site = { ...three, endpoint: LOCAL };
const worker = { ...first, name: "worker-1", address: hostOf("192.168.100.9") };
const ipv6Node = {
  ...first,
  address: hostOf("fd00::11"),
  loopback: hostOf("::1"),
};
const ipv6: Site = {
  ...single,
  nodes: [ipv6Node, { ...ipv6Node, name: "b", address: hostOf("fd00::12") }],
  endpoint: { ...VIRTUAL_IP, ...hostOf("fd00::100") },
};

const folder = mkdtempSync(join(tmpdir(), "endpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

let roots = 0;

/** A node's files below a folder, which they name instead of the root. */
function put(site: Site, node: SiteNode): string {
  const root = join(folder, String(roots++));
  const rooted = (text: string) =>
    text.replaceAll("/etc/kubernetes", `${root}/etc/kubernetes`);
  for (const { path, text, mode } of endpointFiles(site, node)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, rooted(text));
    chmodSync(root + path, parseInt(mode, 8));
  }
  mkdirSync(join(root, "etc/kubernetes/endpoint"), { recursive: true });
  const ca = join(root, site.certificatesDir, "ca.crt");
  mkdirSync(dirname(ca), { recursive: true });
  execFileSync(
    "openssl",
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=ca -out"
      .split(" ")
      .concat(ca),
    { stdio: "ignore" },
  );
  writeFileSync(
    join(root, "etc/kubernetes/endpoint/vrrp-secret.conf"),
    "auth_pass a1B2c3D4\n",
  );
  return root;
}

const CASES: readonly [string, Site, SiteNode][] = [
  ["a holder of a virtual IP", virtual, first],
  ["a holder of a virtual IP of IPv6", ipv6, ipv6Node],
  ["a node with a proxy of its own", local, first],
  ["a worker with a proxy of its own", local, worker],
];

/** Packages of the distribution, which not everybody has: `apt-get install haproxy keepalived`. */
const has = (program: string) =>
  existsSync(program) ? test.each : test.skip.each;

has(ENDPOINT_PROGRAMS.haproxy)(CASES)(
  "haproxy takes the configuration of %s without a warning",
  (_, site, node) => {
    const root = put(site, node);
    const file = join(root, "etc/kubernetes/endpoint/haproxy.cfg");
    const { status, stderr } = spawnSync(
      ENDPOINT_PROGRAMS.haproxy,
      ["-c", "-dW", "-f", file],
      { encoding: "utf8" },
    );
    expect(stderr).not.toMatch(/WARNING|ALERT/);
    expect(status).toBe(0);
  },
);

/** One that is there, as the check wants one. */
const INTERFACE = "eth0";

has(ENDPOINT_PROGRAMS.keepalived)(CASES.slice(0, 2))(
  "keepalived takes the configuration of %s without a word",
  (_, site, node) => {
    const endpoint = madeEndpoint(site)!;
    const placed = { ...endpoint, interface: INTERFACE } as Site["endpoint"];
    const root = put({ ...site, endpoint: placed }, node);
    const file = join(root, "etc/kubernetes/endpoint/keepalived.conf");
    // A namespace whose interface is there, whatever this machine has.
    const { stderr, stdout } = spawnSync(
      "unshare",
      [
        "--net",
        "sh",
        "-ec",
        `ip link add ${INTERFACE} type veth peer name other
         ip link set ${INTERFACE} up
         ${ENDPOINT_PROGRAMS.keepalived} --config-test --use-file="$0" && echo fine || echo "ended with $?"`,
        file,
      ],
      { encoding: "utf8" },
    );
    // What the shell says of that.
    expect(stderr).toMatch(/^(Terminated\n)?$/);
    // Its version 2.2.7 ends itself with SIGTERM when all is well.
    expect(stdout).toMatch(/^(fine|ended with 143)\n$/);
  },
);

test.each(CASES)("systemd takes the units of %s", (_, site, node) => {
  const root = put(site, node);
  for (const { path, text } of endpointFiles(site, node).filter(({ path }) =>
    path.endsWith(".service"),
  )) {
    // Programs that aren't here are no fault of the unit's.
    writeFileSync(
      root + path,
      text
        .replaceAll(/\/usr\/sbin\/(haproxy|keepalived)/g, "/bin/true")
        .replaceAll("/etc/kubernetes", `${root}/etc/kubernetes`),
    );
    const { status, stderr } = spawnSync(
      "systemd-analyze",
      ["verify", "--man=no", "--recursive-errors=no", root + path],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
  }
});

test.each(CASES)("the shells take the scripts of %s", (_, site, node) => {
  for (const { text } of endpointFiles(site, node).filter(
    ({ mode }) => mode === "0755",
  )) {
    const [shell] = text.slice(2).split("\n");
    expect(() => execFileSync(shell, ["-n"], { input: text })).not.toThrow();
  }
});

test("workers ask API servers less often than control-plane nodes do", () => {
  const pace = (node: SiteNode) =>
    /inter (\d)s/.exec(endpointFiles(local, node)[0].text)![1];
  expect([pace(local.nodes[0]), pace(worker)]).toEqual(["1", "5"]);
});

test("another list of nodes changes no unit, so that it is only reloaded", () => {
  const unitsOf = (site: Site) =>
    endpointFiles(site, site.nodes[0])
      .filter(({ path }) => path.endsWith(".service"))
      .map(({ text }) => text);
  expect(unitsOf({ ...virtual, nodes: virtual.nodes.slice(0, 2) })).toEqual(
    unitsOf(virtual),
  );
  expect(
    endpointComponents(virtual, virtual.nodes[0]).map(({ reloads }) => reloads),
  ).toEqual([true, true]);
});

test("a proxy that runs is well, whether there is an API server or not", () => {
  const [proxy] = endpointComponents(local, worker);
  expect(proxy.health).toEqual({
    scheme: "http",
    host: "127.0.0.1",
    port: 8444,
    path: "/healthz",
  });
  expect(endpointFiles(local, worker)[0].text).toContain(
    "status 200 if { path /healthz }\n",
  );
});
