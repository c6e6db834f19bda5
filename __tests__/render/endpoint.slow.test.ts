import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ENDPOINT_PROGRAMS, managedEndpoint } from "../../lib/catalog/endpoint";
import type { Site, SiteNode } from "../../lib/catalog/site";
import { endpointFiles } from "../../lib/render/endpoint";
import {
  first,
  ipv6,
  ipv6Node,
  local,
  virtual,
  worker,
} from "../support/endpoint-sites";

const folder = mkdtempSync(join(tmpdir(), "endpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

let roots = 0;

/** Writes a node's endpoint files below a temporary root, which replaces the paths inside the files. */
function writeFiles(site: Site, node: SiteNode): string {
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
  ["a holder of an IPv6 virtual IP", ipv6, ipv6Node],
  ["a node with a local proxy", local, first],
  ["a worker with a local proxy", local, worker],
];

test.each(CASES)(
  "haproxy accepts the configuration of %s without a warning",
  (_, site, node) => {
    const root = writeFiles(site, node);
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

/** The network interface of the test. keepalived's check requires an existing one. */
const INTERFACE = "eth0";

test.each(CASES.slice(0, 2))(
  "keepalived accepts the configuration of %s without a message",
  (_, site, node) => {
    const endpoint = managedEndpoint(site)!;
    const placed = { ...endpoint, interface: INTERFACE } as Site["endpoint"];
    const root = writeFiles({ ...site, endpoint: placed }, node);
    const file = join(root, "etc/kubernetes/endpoint/keepalived.conf");
    // In a network namespace that has this interface, whichever interfaces the machine has.
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
    // The shell's message about the signal, see below.
    expect(stderr).toMatch(/^(Terminated\n)?$/);
    // keepalived 2.2.7 ends itself with SIGTERM if the configuration is valid.
    expect(stdout).toMatch(/^(fine|ended with 143)\n$/);
  },
);

test.each(CASES)("systemd accepts the units of %s", (_, site, node) => {
  const root = writeFiles(site, node);
  for (const { path, text } of endpointFiles(site, node).filter(({ path }) =>
    path.endsWith(".service"),
  )) {
    // The programs need not be installed on this machine.
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

test.each(CASES)("the shells accept the scripts of %s", (_, site, node) => {
  for (const { text } of endpointFiles(site, node).filter(
    ({ mode }) => mode === "0755",
  )) {
    const [shell] = text.slice(2).split("\n");
    expect(() => execFileSync(shell, ["-n"], { input: text })).not.toThrow();
  }
});
