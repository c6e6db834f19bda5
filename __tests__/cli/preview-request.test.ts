import type { StackStore } from "../../lib/cli/plan/contents";
import { requestOf } from "../../lib/cli/plan/preview";
import type { Rollout } from "../../lib/cli/plan/rollout-changes";

const node = (name: string) => ({ name, access: { kind: "ssh" } });

const rollout = (unknown: readonly string[]): Rollout =>
  ({
    unknown,
    request: { nodes: [node("cp-1"), node("cp-2")] },
    store: { teardown: { store: "s", stack: "t", workspace: "default" } },
  }) as unknown as Rollout & { readonly store: StackStore };

describe("the request of a preview", () => {
  it.each([
    ["nothing", [], []],
    ["the hash of a binary", ["/nodes/1/binaries/2/source/sha256"], []],
    ["the hash of etcdutl", ["/restore/program/sha256"], []],
    ["the file of etcdutl", ["/restore/program/file"], ["cp-1", "cp-2"]],
    ["the id of its machine", ["/nodes/0/machineId"], []],
    ["a label, a taint", ["/nodes/0/labels/zone", "/nodes/1/taints"], []],
    ["an address", ["/nodes/0/address"], ["cp-1"]],
    ["how to reach it", ["/nodes/1/access/host"], ["cp-2"]],
    ["a flag", ["/nodes/1/components/0/command/3"], ["cp-2"]],
    ["the file of a binary", ["/nodes/0/binaries/0/source/file"], ["cp-1"]],
    ["all binaries", ["/nodes/0/binaries"], ["cp-1"]],
    ["a field with a similar name", ["/nodes/0/labelsOf"], ["cp-1"]],
    ["the endpoint", ["/endpoint"], ["cp-1", "cp-2"]],
    ["all nodes", ["/nodes"], ["cp-1", "cp-2"]],
  ])(
    "names the hosts that cannot be examined if %s is unknown",
    (_, unknown, expected) => {
      expect(requestOf(rollout(unknown)).unknown).toEqual(expected);
    },
  );

  it("examines a pool's workers, whatever is unknown of other nodes", () => {
    const pool = { name: "a", nodes: [node("w-1"), node("w-2")] };
    const { request, ...rest } = rollout([
      "/nodes/0/address",
      "/pool/nodes/1/address",
    ]);
    const row = {
      ...rest,
      request: { ...request, pool },
    } as unknown as Rollout;
    expect(requestOf(row).unknown).toEqual(["w-2"]);
  });
});
