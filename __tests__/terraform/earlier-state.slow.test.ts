import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { KIND_TRIGGER } from "../../lib/request/manifest";
import { cluster } from "../support/cluster";
import { nullProvider, VERSION } from "../support/null-provider";
import { Deployment, NOTHING, type Program } from "../support/terraform";
import { triggersOf } from "../support/resources";

const withNullProvider: Program = (stack) => {
  const provider = new NullProvider(stack, "null");
  // The bindings require a newer version than can be built here.
  stack.addOverride("terraform.required_providers.null.version", VERSION);
  cluster({ provider })(stack);
};

describe.each<[string, Program, () => Record<string, string>]>([
  ["terraform_data", cluster(), () => ({})],
  [
    "null_resource",
    withNullProvider,
    () => ({ TF_CLI_CONFIG_FILE: nullProvider() }),
  ],
])(
  "a state of an earlier version without kinds, of %s",
  (_, program, options) => {
    let deployment: Deployment;
    beforeAll(() => {
      deployment = new Deployment(options()).program(program);
      const synthesized = deployment.synthesized();
      const resources = Object.values(synthesized.resource ?? {}).flatMap(
        (byName) => Object.values(byName),
      );
      const withKind = resources.filter((resource) =>
        Object.hasOwn(triggersOf(resource) ?? {}, KIND_TRIGGER),
      );
      expect(withKind).toHaveLength(5);
      for (const resource of withKind)
        for (const name of ["triggers", "triggers_replace"])
          delete (resource as Record<string, unknown>)[name];
      for (const { lifecycle } of withKind) delete lifecycle?.ignore_changes;
      writeFileSync(
        join(deployment.folder(), "cdk.tf.json"),
        JSON.stringify(synthesized),
      );
      deployment.apply();
      expect(deployment.state()).not.toContain(KIND_TRIGGER);
      deployment.program(program);
    }, 300_000);
    afterAll(() => deployment.dispose());

    test("needs no change", () => {
      expect(deployment.plan().changes).toEqual(NOTHING);
    });

    test("gets the kind of a resource that is made again", () => {
      deployment.destroy();
      deployment.apply();
      expect(deployment.state()).toContain(KIND_TRIGGER);
      expect(deployment.plan().changes).toEqual(NOTHING);
    });
  },
);
