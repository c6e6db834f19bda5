import { join } from "node:path";
import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { AGENT_ASSET } from "../request/manifest";
import { CURRENT_WORKSPACE } from "./expression";
import { fromStackFolder } from "./place";
import {
  checkLength,
  environmentWith,
  type SynthesizedRequest,
} from "./request";
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

/** Runs the agent with a request, which is all that it is told. */
export function run(
  owner: IConstruct,
  store: IConstruct & { readonly agent: string },
  request: SynthesizedRequest,
  options: {
    readonly when?: "destroy";
    /** The texts that the request takes from triggers, by name. */
    readonly texts?: Readonly<Record<string, string>>;
  } = {},
): Run {
  const { action, store: location, stack } = request;
  const workingDirectory = fromStackFolder(store, ".");
  // These come first, so that whoever reads the JSON finds them.
  const first = { action, store: location, stack };
  const environment = environmentWith(
    Object.assign(first, request, {
      workspace: CURRENT_WORKSPACE,
      ...(workingDirectory !== USUAL && { workingDirectory }),
    }),
  );
  checkLength(owner.node.path, environment, options.texts ?? {});
  return { agent: store.agent, environment, when: options.when };
}
