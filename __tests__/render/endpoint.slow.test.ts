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

test.each(CASES)(
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

test.each(CASES.slice(0, 2))(
  "keepalived takes the configuration of %s without a word",
  (_, site, node) => {
    const endpoint = managedEndpoint(site)!;
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
