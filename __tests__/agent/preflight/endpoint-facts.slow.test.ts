import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EndpointFacts,
  readEndpointFacts,
} from "../../../lib/agent/hosts/endpoint-facts";
import {
  type EndpointCandidate,
  endpointFindings,
  unrootedAuthority,
} from "../../../lib/agent/preflight/endpoint";
import { ENDPOINT_UNITS } from "../../../lib/catalog/endpoint";
import { opensslChain } from "../../attacks/support/openssl-authorities";
import { NODE } from "./facts-of";
import { localHost, unshared } from "./local-host";

const VIRTUAL_IP = {
  address: "10.0.0.100",
  port: 8443,
  routerId: 100,
  configuration: "/etc/kubernetes/endpoint/keepalived.conf",
};
const GOOD: EndpointFacts = {
  haproxy: "2.6.12-1+deb12u4",
  keepalived: "2.2.7",
  bash: true,
  interfaces: [
    { name: "lo", addresses: ["127.0.0.1"] },
    { name: "eth0", addresses: ["10.0.0.11"] },
  ],
  others: [],
};

const unit = (name: string) => ({ name, unit: name, ports: [], timeout: 1 });
const candidate = (
  facts: Partial<EndpointFacts> | undefined,
  props: Partial<EndpointCandidate> = {},
): EndpointCandidate => ({
  request: {
    ...NODE,
    components: Object.values(ENDPOINT_UNITS).map(unit),
  },
  facts: facts && { ...GOOD, ...facts },
  delivered: false,
  ...props,
});
const problems = (
  candidates: readonly EndpointCandidate[],
  virtualIp: Partial<typeof VIRTUAL_IP> & { interface?: string } = {},
) =>
  endpointFindings(candidates, { ...VIRTUAL_IP, ...virtualIp }).map(
    ({ node, severity, problem, remedy }) => {
      expect([node, severity]).toEqual(["cp-1", "error"]);
      expect(remedy).toMatch(/\.$|\)\.$/);
      return `${problem} ${remedy}`;
    },
  );

describe("a CA that haproxy has to trust", () => {
  const { root, middle, issuer } = opensslChain();
  const tree = (...pems: readonly string[]) =>
    [
      ["/etc/kubernetes/endpoint/haproxy.cfg", "x ca-file /pki/ca.crt inter"],
      ["/pki/ca.crt", pems.join("")],
    ].map(([path, text]) => ({
      path,
      mode: 0o644,
      owner: "root:root",
      content: Buffer.from(text),
    }));

  test("is accepted with its root", () => {
    expect(unrootedAuthority(tree(root.certificate))).toBeUndefined();
    expect(
      unrootedAuthority(
        tree(issuer.certificate, middle.certificate, root.certificate),
      ),
    ).toBeUndefined();
  });

  test("is reported by the preflight if its root is missing", () => {
    const unrooted = unrootedAuthority(
      tree(issuer.certificate, middle.certificate),
    );
    const [problem] = problems([candidate({}, { unrooted })]);
    expect(problem).toMatch(
      /ends with C=DE, O=Example, CN=Middle, which was signed by C=DE, O=Example, CN=Root/,
    );
  });
});

describe("the facts of a host", () => {
  const folder = mkdtempSync(join(tmpdir(), "endpoint-facts-"));
  const program = (name: string, output: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho '${output}' >&2\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const programs = {
    haproxy: program("haproxy", "HAProxy version 2.6.12-1 2026/10/17"),
    keepalived: program("keepalived", "Keepalived v2.2.7 (01/16,2022)"),
  };
  let server: Server;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  const port = () => (server.address() as { port: number }).port;

  test("include versions, interfaces, and whether an address answers", async () => {
    const facts = await readEndpointFacts(localHost(), programs, {
      ...VIRTUAL_IP,
      address: "127.0.0.1",
      port: port(),
    });
    expect(facts).toMatchObject({
      haproxy: "2.6.12-1",
      keepalived: "2.2.7",
      bash: true,
      answer: {},
    });
    const names = execFileSync("ls", ["/sys/class/net"], { encoding: "utf8" });
    expect(facts.interfaces?.map(({ name }) => name).sort()).toEqual(
      names.trim().split("\n").filter(isInterface).sort(),
    );
    expect(
      facts.interfaces?.find(({ name }) => name === "lo")?.addresses,
    ).toContain("127.0.0.1");
  });

  test("show that an address which refuses connections is in use, and that an unreachable one is not", async () => {
    const alone = [
      "unshare",
      "--net",
      "sh",
      "-c",
      'ip link set lo up; exec "$@"',
    ];
    const host = localHost("cp-1", { prefix: [...alone, "sh"] });
    const ask = (address: string) =>
      readEndpointFacts(host, programs, {
        ...VIRTUAL_IP,
        address,
        port: 1,
      });
    expect((await ask("127.0.0.1")).answer).toEqual({});
    // An address for documentation, see RFC 5737.
    expect((await ask("192.0.2.1")).answer).toBeUndefined();
  });

  test("contain nothing about keepalived if there is no virtual IP", async () => {
    expect(await readEndpointFacts(localHost(), programs)).toEqual({
      haproxy: "2.6.12-1",
      bash: false,
      others: [],
    });
    const missing = { haproxy: join(folder, "none"), keepalived: "/none" };
    const facts = await readEndpointFacts(localHost(), missing, VIRTUAL_IP);
    expect([facts.haproxy, facts.keepalived]).toEqual([undefined, undefined]);
  });

  test("include the router ids of other keepalived configurations", async () => {
    const host = localHost("cp-1", {
      prefix: unshared(
        `mkdir -p /etc/keepalived && mount -t tmpfs tmpfs /etc/keepalived && printf '%s\\n' '  virtual_router_id 51' '# virtual_router_id 52' >/etc/keepalived/keepalived.conf && exec "$@"`,
      ),
    });
    const { others } = await readEndpointFacts(host, programs, VIRTUAL_IP);
    expect(others).toEqual([
      { path: "/etc/keepalived/keepalived.conf", id: 51 },
    ]);
  });
});

/** The bonding driver has a file in that folder. */
const isInterface = (name: string) => name !== "bonding_masters";
