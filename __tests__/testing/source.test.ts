import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { ControlPlane } from "../../lib";
import { controlPlaneIn } from "../../lib/testing";
import { stackWith } from "./support/stack";

describe("what can be read", () => {
  test("a folder says the same as its stack", () => {
    const stack = stackWith();
    const folder = Testing.fullSynth(stack);
    for (const source of [folder, join(folder, "stacks/stack")])
      expect(controlPlaneIn(source)).toEqual(controlPlaneIn(stack));
  });

  test("one of several clusters, by its name", () => {
    const stack = stackWith();
    new ControlPlane(stack, "test", {
      clusterName: "test",
      kubernetesVersion: "1.36.3",
      nodes: [{ name: "t-1", address: "10.0.1.1" }],
    });
    expect(controlPlaneIn(stack, "test").nodes).toEqual(["t-1"]);
    expect(() => controlPlaneIn(stack)).toThrow(
      'The stack stack has 2 clusters. They are prod, test. Name one: controlPlaneIn(stack, "prod").',
    );
    expect(() => controlPlaneIn(stack, "tset")).toThrow("Did you mean test?");
  });

  test.each([
    ["JSON", () => Testing.synth(stackWith()), /not the JSON/],
    ["an empty folder", () => __dirname, /no synthesized stack.*fullSynth/],
    [
      "a stack of others",
      () => new TerraformStack(Testing.app(), "other"),
      /The stack other has nothing of cdktf-control-plane/,
    ],
  ])("fails with %s", (_, source, message) => {
    expect(() => controlPlaneIn(source())).toThrow(message);
  });

  test("fails with a folder whose manifest is damaged", () => {
    const folder = join(Testing.fullSynth(stackWith()), "stacks/stack");
    writeFileSync(join(folder, "control-plane.json"), "{}");
    expect(() => controlPlaneIn(folder)).toThrow("control-plane.json");
  });
});
