import { join } from "node:path";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Request } from "../agent/request";
import { jsonTemplate } from "./template";
import type { Run } from "./resource";

const ID = "control-plane-agent";

/**
 * The agent beside the synthesized stack, which runs with no more than Node. Its path never changes, so that a
 * newer one is no change of any resource.
 */
export function agentOf(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const asset =
    (stack.node.tryFindChild(ID) as TerraformAsset | undefined) ??
    new TerraformAsset(stack, ID, {
      path: join(__dirname, "../../dist/agent.cjs"),
      type: AssetType.FILE,
      assetHash: "current",
    });
  return asset.path;
}

/** Runs the agent with a request; its arguments are all in the environment. */
export function run(
  store: { readonly agent: string },
  request: Request,
  options: {
    readonly when?: "destroy";
    readonly environment?: Record<string, string>;
  } = {},
): Run {
  return {
    agent: store.agent,
    environment: { REQUEST: jsonTemplate(request), ...options.environment },
    when: options.when,
  };
}
