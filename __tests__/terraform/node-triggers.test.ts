import type { NodeRequest } from "../../lib/request/request";
import {
  hostInWords,
  nodesIn,
  nodeTrigger,
  readHostWords,
} from "../../lib/request/node-triggers";

type Host = Pick<NodeRequest, "access" | "machineId" | "retire">;

const ssh = (host: string, more = {}): Host["access"] => ({
  kind: "ssh",
  host,
  ...more,
  sudo: true,
  connectTimeout: 1,
});

test.each<[string, Host]>([
  ["directory", { access: { kind: "directory" } }],
  ["local", { access: { kind: "local", sudo: true } }],
  ["ssh 10.0.0.1", { access: ssh("10.0.0.1") }],
  ["ssh admin@[::1]:22", { access: ssh("::1", { user: "admin", port: 22 }) }],
  [
    "ssh 10.0.0.1 via admin@jump:22, machine 7, retire",
    {
      access: ssh("10.0.0.1", { jumpHost: "admin@jump:22" }),
      machineId: "7",
      retire: true,
    },
  ],
  ["ssh a, machine b c", { access: ssh("a"), machineId: "b c" }],
  ["local, retire", { access: { kind: "local", sudo: true }, retire: true }],
])("a host is written as %s, and read back", (words, host) => {
  expect(hostInWords(host)).toBe(words);
  expect(readHostWords(words)).toEqual({
    access: hostInWords({ access: host.access }),
    ...(host.machineId !== undefined && { machineId: host.machineId }),
    retire: host.retire ?? false,
  });
});

test("the nodes of a rollout are read from its triggers", () => {
  const triggers = {
    [nodeTrigger("cp-1")]: "local",
    "check cp-1": "",
    nodes: "cp-1, cp-2",
    [nodeTrigger("cp-2")]: "local",
  };
  expect(nodesIn(triggers)).toEqual(["cp-1", "cp-2"]);
});
