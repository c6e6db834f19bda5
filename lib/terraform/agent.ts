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

/** The working directory relative to `cdktf.out/stacks/<stack>`, which is also the agent's default. */
const DEFAULT_WORKING_DIRECTORY = "../../..";

/**
 * The path of the agent, which is an asset of the synthesized stack and needs only Node. The path never changes, so a
 * newer agent changes no resource.
 */
export const agentOf = (scope: Construct): string =>
  assetOf(scope, AGENT_ASSET, "agent.cjs");

/** The path of the command line, for a stack whose providers start it. It is an asset like the agent. */
export const commandOf = (scope: Construct): string =>
  assetOf(scope, "control-plane-command", "control-plane.cjs");

function assetOf(scope: Construct, id: string, bundle: string): string {
  const stack = TerraformStack.of(scope);
  const asset =
    (stack.node.tryFindChild(id) as TerraformAsset | undefined) ??
    new TerraformAsset(stack, id, {
      path: join(__dirname, "../../dist", bundle),
      type: AssetType.FILE,
      assetHash: "current",
    });
  return asset.path;
}

type WithoutStore<Each> = Each extends unknown
  ? Omit<Each, "store" | "stack">
  : never;

/** The provisioner that runs the agent with a request about a store. */
export function run(
  owner: IConstruct,
  store: IConstruct & { readonly agent: string; readonly location: string },
  request: WithoutStore<SynthesizedRequest>,
  options: {
    readonly when?: "destroy";
    /** The texts that the request reads from triggers, by name. */
    readonly texts?: Readonly<Record<string, string>>;
  } = {},
): Run {
  const workingDirectory = fromStackFolder(store, ".");
  // These fields come first, because they matter most to people who read the JSON.
  const first = {
    action: request.action,
    store: store.location,
    stack: TerraformStack.of(owner).node.id,
  };
  const environment = environmentWith(
    Object.assign(first, request, {
      workspace: CURRENT_WORKSPACE,
      ...(workingDirectory !== DEFAULT_WORKING_DIRECTORY && {
        workingDirectory,
      }),
    }),
  );
  checkLength(owner.node.path, environment, options.texts ?? {});
  return { agent: store.agent, environment, when: options.when };
}
