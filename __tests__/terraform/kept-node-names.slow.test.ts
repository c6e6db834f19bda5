import { TerraformResource } from "cdktf";
import { type ControlPlaneProps, NodeAccess } from "../../lib";
import type { Inventory } from "../../lib/store/inventory";
import { cluster, node } from "../support/cluster";
import type { Program } from "../support/terraform";
import { LiveCluster } from "./support/live-cluster";

type Props = Partial<ControlPlaneProps>;

const live = new LiveCluster();
beforeAll(() => live.setUp());
afterAll(() => live.deployment.dispose());

describe("nodes", () => {
  const ssh = (host: string, more = {}) =>
    node(1, { access: NodeAccess.ssh({ host }), ...more });
  const hosted = (more: object) => (inventory: Inventory) => ({
    ...inventory,
    nodes: {
      "cp-1": {
        address: "10.0.0.11",
        access: { kind: "ssh", host: "10.0.0.11", sudo: true },
        components: [],
        tree: "1",
        ...more,
      },
    },
  });

  test.each<[string, object, Props]>([
    [
      "at another address",
      {},
      { nodes: [ssh("b", { name: "cp-x", address: "10.0.0.12" })] },
    ],
    [
      "on another machine with the same address",
      { machineId: "1".repeat(32) },
      { nodes: [ssh("b", { name: "cp-x", machineId: "2".repeat(32) })] },
    ],
    [
      "in place of one that retired",
      { retired: true },
      { nodes: [ssh("b", { name: "cp-x" })] },
    ],
    [
      "in place of one that was never set up",
      { tree: undefined },
      { nodes: [ssh("b", { name: "cp-x" })] },
    ],
  ])("get another name if they are %s", (_, before, props) => {
    live.withInventory(hosted(before), () =>
      expect(live.refused(cluster(props))).toEqual({}),
    );
  });

  test("are not renamed on the same machine, told without a word of etcd's quorum", () => {
    const machineId = "1".repeat(32);
    live.withInventory(hosted({ machineId, member: true }), () =>
      expect(
        live.refused(
          cluster({ nodes: [ssh("a", { name: "cp-x", machineId })] }),
        ),
      ).toEqual({ nodeNames: "cp-1 would become cp-x" }),
    );
  });

  test("on hosts are not renamed either way, and no prop is advised that could not help", () => {
    const renamed = { nodes: [ssh("a", { name: "cp-x" })] };
    for (const props of [{}, { allowChangesTo: ["nodeNames"] } as Props])
      live.withInventory(hosted({}), () => {
        const errors = live.errorsOf(cluster({ ...renamed, ...props }));
        expect(errors).toHaveLength(1);
        expect(errors[0]).toMatch(
          /cannot be allowed on a host, .*\.\nUndo the change\.$/,
        );
      });
  });

  test("do not swap their names", () => {
    const nodes = [
      ssh("a", { name: "cp-2" }),
      ssh("b", { name: "cp-1", address: "10.0.0.12" }),
    ];
    live.withInventory(hosted({}), () =>
      expect(live.refused(cluster({ nodes }))).toEqual({
        nodeNames: "cp-1 would become cp-2",
      }),
    );
  });

  test("of a pool are not renamed either", () => {
    const pool = (stack: Parameters<Program>[0]) =>
      cluster({ nodes: [ssh("a")] }, (controlPlane) =>
        controlPlane.addWorkers("blue", {
          nodes: [ssh("w", { name: "w-x", address: "10.0.1.1" })],
        }),
      )(stack);
    const withWorker = (inventory: Inventory) => {
      const { nodes } = hosted({})(inventory);
      const worker = { ...nodes["cp-1"], address: "10.0.1.1", pool: "blue" };
      return { ...inventory, nodes: { ...nodes, "w-1": worker } };
    };
    live.withInventory(withWorker, () =>
      expect(live.refused(pool)).toEqual({ nodeNames: "w-1 would become w-x" }),
    );
  });

  test("whose addresses are known only at apply do not hide other changes", () => {
    const late: Program = (stack) => {
      const machine = new TerraformResource(stack, "machine", {
        terraformResourceType: "terraform_data",
      });
      machine.addOverride("input", "10.0.0.11");
      const address = machine.getStringAttribute("output");
      cluster({
        dnsDomain: "example.org",
        nodes: [node(1, { name: "cp-x", address })],
      })(stack);
    };
    expect(Object.keys(live.refused(late))).toEqual(["dnsDomain"]);
  });
});
