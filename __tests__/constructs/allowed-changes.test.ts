import { TerraformStack, Testing } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  LocalControlPlane,
} from "../../lib";
import { CLUSTER_FACTS } from "../../lib/catalog/cluster-facts";
import { clusterProps } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

const stack = () => new TerraformStack(Testing.app(), "stack");

const preconditions = (props: Partial<ControlPlaneProps> = {}): string => {
  const own = stack();
  new ControlPlane(own, "cluster", clusterProps(props));
  const { resource } = JSON.parse(Testing.synth(own));
  return JSON.stringify(
    Object.entries<{ lifecycle?: { precondition?: unknown[] } }>(
      resource.terraform_data,
    )
      .filter(([name]) => name.startsWith("cluster_rollout_"))
      .map(([, { lifecycle }]) => lifecycle?.precondition),
  );
};

describe("allowChangesTo", () => {
  test.each<[unknown, ...string[]]>([
    [["serviceSubent"], "allowChangesTo[0]", 'Did you mean "serviceSubnet"?'],
    [
      ["dnsDomain", "nodenames"],
      "allowChangesTo[1]",
      'Did you mean "nodeNames"?',
    ],
    [["certSans"], "allowChangesTo[0]", '"keyAlgorithm"'],
    [[true], "allowChangesTo[0]", "the boolean true"],
    ["podSubnet", "allowChangesTo", "Write a list in brackets"],
  ])("fails when it is %j", (value, ...parts) => {
    const props = { allowChangesTo: value } as object;
    for (const make of [
      () => new ControlPlane(stack(), "cluster", clusterProps(props)),
      () =>
        new LocalControlPlane(stack(), "local", {
          kubernetesVersion: "1.36.3",
          ...props,
        }),
    ])
      expectHelpful(messageOf(make), ...parts);
  });

  test.each(CLUSTER_FACTS)(
    "lets $fact change, and nothing else",
    ({ fact }) => {
      const guarded = (text: string) =>
        CLUSTER_FACTS.flatMap(({ fact, way }) =>
          text.includes(way) && fact !== "nodeNames" ? [fact] : [],
        );
      expect(guarded(preconditions({ allowChangesTo: [fact] }))).toEqual(
        guarded(preconditions()).filter((each) => each !== fact),
      );
      expect(guarded(preconditions())).toHaveLength(5);
    },
  );

  test.each(CLUSTER_FACTS)(
    "explains $fact in whole sentences",
    ({ breaks, way }) => {
      for (const text of [breaks, way]) expect(text).toMatch(/^[A-Z].*\.$/);
    },
  );

  test("may list everything, and then only nodes on hosts keep their names", () => {
    const all = preconditions({
      allowChangesTo: CLUSTER_FACTS.map(({ fact }) => fact),
    });
    expect(preconditions()).toContain("for host in [false, true]");
    expect(all).toContain("for host in [true]");
  });
});
