import { join } from "node:path";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Request } from "../request/request";
import { AGENT_ASSET } from "../request/manifest";
import { fromStackFolder } from "./place";
import { CURRENT_WORKSPACE } from "./expression";
import { jsonTemplate } from "./template";
import type { Run } from "./resource";

/** From `cdktf.out/stacks/<stack>`; the agent knows it. */
const USUAL = "../../..";

/**
 * The agent beside the synthesized stack, which runs with no more than Node. Its path never changes, so that a
 * newer one is no change of any resource.
 */
export function agentOf(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const asset =
    (stack.node.tryFindChild(AGENT_ASSET) as TerraformAsset | undefined) ??
    new TerraformAsset(stack, AGENT_ASSET, {
      path: join(__dirname, "../../dist/agent.cjs"),
      type: AssetType.FILE,
      assetHash: "current",
    });
  return asset.path;
}

/** Runs the agent with a request; its arguments are all in the environment. */
export function run(
  store: IConstruct & { readonly agent: string },
  request: Request,
  options: {
    readonly when?: "destroy";
    readonly environment?: Record<string, string>;
  } = {},
): Run {
  const workingDirectory = fromStackFolder(store, ".");
  const asked = {
    ...request,
    workspace: CURRENT_WORKSPACE,
    ...(workingDirectory !== USUAL && { workingDirectory }),
  };
  return {
    agent: store.agent,
    environment: { REQUEST: jsonTemplate(asked), ...options.environment },
    when: options.when,
  };
}
