import { type EndpointFacts } from "../../../lib/agent/hosts/endpoint-facts";
import {
  type EndpointCandidate,
  endpointFindings,
} from "../../../lib/agent/preflight/endpoint";
import { ENDPOINT_UNITS } from "../../../lib/catalog/endpoint";
import { NODE } from "./facts-of";

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

test("nothing is found on a node that has everything", () => {
  expect(problems([candidate({})])).toEqual([]);
  expect(problems([candidate(undefined)])).toEqual([]);
});

test.each<[string, Partial<EndpointFacts>, ...string[]]>([
  [
    "missing programs, all at once",
    { haproxy: undefined, keepalived: undefined },
    "no haproxy and no keepalived",
    "apt-get install haproxy keepalived",
  ],
  ["bash", { bash: false }, "no bash"],
  ["iproute2", { interfaces: undefined }, "apt-get install iproute2"],
  ["an old haproxy", { haproxy: "2.2.9" }, "haproxy 2.2.9", "2.4 and newer"],
  ["an old keepalived", { keepalived: "1.3.5" }, "1.3.5", "2.2 and newer"],
  ["a haproxy that does not run", { haproxy: "" }, "prints no version"],
  [
    "a machine without the node's address",
    { interfaces: [{ name: "eth0", addresses: ["10.9.9.9"] }] },
    "No network interface has the node's address 10.0.0.11",
    "interface }",
  ],
  [
    "another keepalived's router id",
    { others: [{ path: "/etc/keepalived/keepalived.conf", id: 100 }] },
    "router id 100",
    "/etc/keepalived/keepalived.conf",
    "routerId",
  ],
  [
    "a machine that has the virtual IP already",
    { interfaces: [{ name: "eth0", addresses: ["10.0.0.11", "10.0.0.100"] }] },
    "10.0.0.100 already, on eth0",
    "Choose an unused address",
  ],
  [
    "a virtual IP that answers already",
    { answer: { hardware: "52:54:00:12:34:56" } },
    "answers at the virtual IP 10.0.0.100 already",
    "52:54:00:12:34:56",
  ],
])("it finds %s", (_, facts, ...parts) => {
  const [problem, ...more] = problems([candidate(facts)]);
  expect(more).toEqual([]);
  for (const part of parts) expect(problem).toContain(part);
});

test("it finds a missing interface, and lists the present ones", () => {
  const [problem] = problems([candidate({})], { interface: "ens3" });
  expect(problem).toContain("no network interface ens3");
  expect(problem).toContain("It has lo, eth0.");
  expect(problems([candidate({})], { interface: "eth0" })).toEqual([]);
});

test("another router id on the machine does no harm", () => {
  const others = [{ path: "/etc/keepalived/keepalived.conf", id: 7 }];
  expect(problems([candidate({ others })])).toEqual([]);
});

test("the cluster's own address may be on one of its nodes and answer", () => {
  const has = candidate(
    {
      interfaces: [
        { name: "eth0", addresses: ["10.0.0.11", VIRTUAL_IP.address] },
      ],
    },
    { delivered: true },
  );
  const sees = candidate({ answer: {} }, { delivered: true });
  expect(problems([has, sees])).toEqual([]);
});

test("an answer is not reported while a node that may have the address is unreachable", () => {
  const sees = candidate({ answer: {} }, { delivered: true });
  expect(problems([sees, candidate(undefined)])).toEqual([]);
  expect(problems([sees])).toHaveLength(1);
});

test("a worker with a proxy needs only haproxy", () => {
  const request = {
    ...NODE,
    components: [unit(ENDPOINT_UNITS.proxy)],
  };
  const facts = { bash: false, keepalived: undefined, interfaces: undefined };
  expect(problems([candidate(facts, { request })])).toEqual([]);
  const [problem] = problems([
    candidate({ ...facts, haproxy: undefined }, { request }),
  ]);
  expect(problem).toContain("It has no haproxy, which the endpoint needs");
});
