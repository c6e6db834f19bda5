import { TerraformStack, Testing } from "cdktf";
import type { Program } from "./terraform";

/** The warnings at synthesis. */
export function warningsOf(program: Program): string[] {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type.endsWith("warn"))
        .map(({ data }) => String(data)),
    );
}
