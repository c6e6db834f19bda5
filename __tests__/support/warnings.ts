import { TerraformStack, Testing } from "cdktf";
import { ETCD_ADVISORIES } from "../../lib/catalog/etcd-advisories";
import type { Program } from "./terraform";

/** The warnings at synthesis, without that of kubeadm's default etcd, which most clusters have. */
export function warningsOf(program: Program): string[] {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  return stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type.endsWith("warn"))
      .map(({ data }) => String(data))
      .filter((text) => !text.includes(ETCD_ADVISORIES[0].id)),
  );
}
