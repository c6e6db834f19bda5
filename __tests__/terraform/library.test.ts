import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import * as own from "cdktf";
import { ControlPlane } from "../../lib";

type Library = typeof own;

/** The two libraries by path, since one of them takes the place of the other when these tests run with cdktn. */
const load = (name: string): Library =>
  jest.requireActual<Library>(join(__dirname, "../../node_modules", name));
const [NAME, OTHER] =
  load("cdktf").TerraformStack === own.TerraformStack
    ? ["cdktf", "cdktn"]
    : ["cdktn", "cdktf"];
const VERSIONS: Readonly<Record<string, string>> = {
  cdktf: "0.21",
  cdktn: "0.24",
};

/** By this symbol, a class says to which library it belongs. */
const DESCRIPTION = Symbol.for("jsii.rtti");

function controlPlane(
  { TerraformStack, TerraformVariable, Testing }: Library,
  provider?: (stack: own.TerraformStack) => own.TerraformProvider,
): own.TerraformStack {
  const stack = new TerraformStack(Testing.app(), "prod");
  const host = new TerraformVariable(stack, "host", {}).stringValue;
  new ControlPlane(stack, "prod", {
    kubernetesVersion: "1.36.3",
    endpoint: `${host}:6443`,
    nodes: [{ name: "cp-1", address: "10.0.0.1" }],
    provider: provider?.(stack),
  });
  return stack;
}

test("fails when the stack is of the other library, and names the package for that one", () => {
  expect(() => controlPlane(load(OTHER))).toThrow(
    `The stack "prod" was made with ${OTHER} ${VERSIONS[OTHER]}, but this package, ${NAME}-control-plane, is for ${NAME}. ` +
      `The package for ${OTHER} is ${OTHER}-control-plane. It has the same contents. ` +
      `Run \`npm uninstall ${NAME}-control-plane && npm install ${OTHER}-control-plane\`, and import from "${OTHER}-control-plane".`,
  );
});

test("fails when the stack is of a class of the user's that extends the other library's", () => {
  const { TerraformStack, ...rest } = load(OTHER);
  const library = { ...rest, TerraformStack: class extends TerraformStack {} };
  expect(() => controlPlane(library as Library)).toThrow(
    `was made with ${OTHER}`,
  );
});

test("fails when the stack is of another version of the library", () => {
  class Newer extends own.TerraformStack {
    static [DESCRIPTION] = { fqn: `${NAME}.TerraformStack`, version: "0.30.1" };
  }
  expect(() => controlPlane({ ...own, TerraformStack: Newer })).toThrow(
    `The stack "prod" was made with ${NAME} 0.30, but ${NAME}-control-plane found ${NAME} ${VERSIONS[NAME]}. ` +
      "Both must be the same version. " +
      `Run \`npm install ${NAME}@${VERSIONS[NAME]}\`. If \`npm ls ${NAME}\` then still shows two versions, it also shows which package needs the other one.`,
  );
});

test("fails when the provider is of the other library", () => {
  const { TerraformProvider } = load(OTHER);
  class Provider extends TerraformProvider {
    constructor(stack: own.TerraformStack) {
      super(stack, "null", { terraformResourceType: "null" });
    }
  }
  expect(() => controlPlane(own, (stack) => new Provider(stack))).toThrow(
    `The provider "null" was made with ${OTHER} ${VERSIONS[OTHER]}, but its stack with ${NAME} ${VERSIONS[NAME]}. ` +
      "Both must be made with the same library. " +
      `Run \`${NAME} provider add null\`, and import the provider from the package or folder that this command names.`,
  );
});

test("a provider of the same library is accepted", () => {
  const stack = controlPlane(own, (stack) => new NullProvider(stack, "null"));
  expect(own.Testing.synth(stack)).toContain('"null_resource"');
});

test("a second copy of the same version synthesizes the same, tokens included", () => {
  let copy: Library | undefined;
  jest.isolateModules(() => (copy = load(NAME)));
  expect(copy!.TerraformStack).not.toBe(own.TerraformStack);
  const synthesized = copy!.Testing.synth(controlPlane(copy!));
  expect(synthesized).toContain("var.host");
  expect(synthesized).toBe(own.Testing.synth(controlPlane(own)));
});
