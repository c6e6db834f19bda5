import { Lazy, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { knownPart } from "../../lib/terraform/known";

const variable = new TerraformVariable(
  new TerraformStack(Testing.app(), "stack"),
  "late",
  {},
);
const { stringValue: text, listValue: list, numberValue: number } = variable;
/** A map token is a map with one key. */
const map = Token.asStringMap(variable.value);

test.each<[string, unknown, unknown, string[]]>([
  [
    "is whole without tokens",
    { a: [1, { b: "x" }] },
    { a: [1, { b: "x" }] },
    [],
  ],
  ["is nothing of a token", text, undefined, [""]],
  ["leaves out a token", { a: text, b: 1 }, { b: 1 }, ["/a"]],
  ["leaves out text around a token", { a: `x${text}` }, {}, ["/a"]],
  ["leaves out a number", { port: number }, {}, ["/port"]],
  [
    "leaves out values that are resolved later",
    { a: Lazy.anyValue({ produce: () => 1 }) },
    {},
    ["/a"],
  ],
  ["keeps the places in a list", ["a", text, "c"], ["a", null, "c"], ["/1"]],
  ["leaves out a list of unknown length", { a: ["x", ...list] }, {}, ["/a"]],
  [
    "leaves out a map with unknown names",
    { a: { ...map, b: "x" } },
    {},
    ["/a"],
  ],
  [
    "leaves out a map with a name that is a token",
    { a: { [text]: "x" } },
    {},
    ["/a"],
  ],
  [
    "escapes names in pointers",
    { "a/b": { "c~d": text } },
    { "a/b": {} },
    ["/a~1b/c~0d"],
  ],
])("the known part of a value %s", (_, value, known, unknown) => {
  const part = knownPart(value);
  expect(part.unknown).toEqual(unknown);
  expect(
    part.value === undefined
      ? undefined
      : JSON.parse(JSON.stringify(part.value)),
  ).toEqual(known);
});
