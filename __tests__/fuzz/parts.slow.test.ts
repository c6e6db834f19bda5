import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import { endsWell } from "./support/ends-well";
import { makePart, PARTS } from "./support/parts";
import { propsFor } from "./support/props";
import { SETTINGS } from "./support/settings";

test("any props make another part of a program or an error that says what to do", () => {
  const part = fc
    .constantFrom(...Object.keys(PARTS))
    .chain((name) => fc.tuple(fc.constant(name), propsFor(PARTS[name].props)));
  fc.assert(
    fc.property(part, ([name, props]) => {
      endsWell(() => {
        const stack = new TerraformStack(Testing.app(), "stack");
        makePart(name, props, stack);
        Testing.synth(stack);
      });
    }),
    SETTINGS,
  );
});
