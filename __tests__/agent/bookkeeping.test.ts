import { AgentError } from "../../lib/base/errors";
import { stampPath } from "../../lib/store/bookkeeping";
import { oursOf, recordOf } from "../../lib/agent/kubeconfig/user-file";
import { readRecord } from "../../lib/agent/processes/record";
import { nodeRequest } from "./support/rollout";
import { Workplace } from "./support/workplace";

const DEEP = "[".repeat(2_000) + "]".repeat(2_000);

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.store.open();
});

const NODE = {
  ...nodeRequest("cp-1", "10.0.0.1"),
  access: { kind: "ssh", host: "h", sudo: true, connectTimeout: 60 },
};

const component = (fields: object) => ({
  components: [{ name: "etcd", ports: [2379], timeout: 60, ...fields }],
});

describe("an inventory", () => {
  const read = (fields: object) => {
    place.write("inventory.json", JSON.stringify({ stack: "demo", ...fields }));
    return () => place.store.inventory();
  };
  const node = (fields: object) => ({
    nodes: { "cp-1": { ...NODE, ...fields } },
  });

  test.each<[string, object]>([
    ["nodes.cp-1.criSocket is a number", node({ criSocket: 5 })],
    ["nodes.cp-1.criSocket is missing", node({ criSocket: undefined })],
    ["nodes.cp-1.images is null", node({ images: null })],
    ["nodes.cp-1.port is 65536, which is not a port", node({ port: 65_536 })],
    ["nodes.cp-1.users is a string", node({ users: "etcd" })],
    ["nodes.cp-1.labels.a is a list", node({ labels: { a: [] } })],
    ["nodes.cp-1.taints[0] is null", node({ taints: [null] })],
    [
      "nodes.cp-1.binaries[0].source.sha256 is missing",
      node({ binaries: [{ path: "/a", source: { file: "a" } }] }),
    ],
    ['nodes.cp-1.access.kind is "x"', node({ access: { kind: "x" } })],
    [
      'nodes.cp-1.access.kind is "constructor"',
      node({ access: { kind: "constructor" } }),
    ],
    [
      "nodes.cp-1.access.host is missing",
      node({ access: { ...NODE.access, host: undefined } }),
    ],
    [
      "nodes.cp-1.access.connectTimeout is a string",
      node({ access: { ...NODE.access, connectTimeout: "1" } }),
    ],
    [
      "nodes.cp-1.components[0].unit is an object",
      node(component({ unit: {} })),
    ],
    [
      "nodes.cp-1.components[0].health.port is 1.5",
      node(
        component({
          health: { scheme: "https", host: "h", port: 1.5, path: "/" },
        }),
      ),
    ],
    ["nodes.cp-1.tree is a boolean", node({ tree: true })],
    ["etcd.dataDir is missing", { etcd: {} }],
    ["objects.tokens is a list", { objects: { objects: [], tokens: [] } }],
    ["seconds.start is a string", { seconds: { start: "1" } }],
    ["podNetwork.podSubnets is missing", { podNetwork: { kind: "routed" } }],
    ['workspace is "a; reboot"', { workspace: "a; reboot" }],
    ["workspace is null", { workspace: null }],
    ['"../x" is not a node name', { nodes: { "../x": NODE } }],
  ])("fails when %s", (problem, fields) => {
    expect(read(fields)).toThrow(AgentError);
    expect(read(fields)).toThrow(problem);
  });

  test("fails when it nests too deep to be compared and written again", () => {
    place.write("inventory.json", `{"stack":"demo","x":${DEEP}}`);
    expect(() => place.store.inventory()).toThrow(
      "inventory.json cannot be used: it nests deeper than the 500 levels that are allowed",
    );
  });

  test("keeps fields that this version does not know", () => {
    expect(read({ ...node({ later: 1 }), more: [] })()).toMatchObject({
      more: [],
      nodes: { "cp-1": { later: 1 } },
    });
  });
});

describe("a stamp", () => {
  const stamp = {
    token: "t",
    sha256: "s",
    batch: "b",
    purpose: "p",
    kind: "text",
    files: "a 0600",
  };
  const read = (fields: object) => {
    place.write(stampPath("a"), JSON.stringify({ ...stamp, ...fields }));
    return () => place.store.stamp("a");
  };

  test.each<[string, object]>([
    ["validity is a number", { validity: 5 }],
    ['validity is "-1h"', { validity: "-1h" }],
    ["brought is a string", { brought: "yes" }],
    [
      'pending.request is "../a"',
      { pending: { request: "../a", certificate: "b" } },
    ],
    [
      "pending.reason is an object",
      { pending: { request: "a", certificate: "b", reason: {} } },
    ],
    ["files is", { files: `a${" ".repeat(1_000_000)}b` }],
  ])("fails when %s", (problem, fields) => {
    expect(read(fields)).toThrow(AgentError);
    expect(read(fields)).toThrow(problem);
  });

  test("may name files with blanks", () => {
    expect(read({ files: "a b 0600 root:root\n" })()?.files).toBe(
      "a b 0600 root:root\n",
    );
  });
});

test.each([
  ["is a list", "[]"],
  ["has lists that are texts", "clusters: a\ncontexts: b\nusers: c\n"],
  [
    "has entries without content",
    "clusters: [{name: a}]\ncontexts: []\nusers: []\n",
  ],
  ["has aliases", "clusters: &a []\ncontexts: *a\nusers: *a\n"],
])("a kubeconfig of the store that %s counts as missing", (_, text) => {
  place.write("kubeconfigs/a.conf", text);
  expect(oursOf(place.store, "kubeconfigs/a.conf")).toBeUndefined();
});

test.each([
  ["has no earlier state", { path: "a" }],
  ["has another earlier state", { path: "a", before: { users: 5 } }],
  ["has a list as its text", { path: "a", whole: [], before: {} }],
])("the record of a merge that %s counts as missing", (_, record) => {
  place.write("kubeconfigs/a.merged.json", JSON.stringify(record));
  expect(recordOf(place.store, "kubeconfigs/a.conf")).toBeUndefined();
});

test("the record of a merge keeps that there was no file and no list", () => {
  const record = { path: "a", whole: null, before: { users: null } };
  place.write("kubeconfigs/a.merged.json", JSON.stringify(record));
  expect(recordOf(place.store, "kubeconfigs/a.conf")).toEqual(record);
});

test("the record of a process whose program is not described counts as missing", () => {
  place.write(
    "processes/etcd.json",
    JSON.stringify({
      pid: 1,
      start: "1",
      machine: { host: "a", boot: "b", namespace: "c" },
      program: {},
      fingerprint: "f",
      since: "s",
    }),
  );
  expect(readRecord(place.store, "etcd")).toBeUndefined();
});
