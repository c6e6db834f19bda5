import { Testing, TerraformStack } from "cdktf";
import type { ArtefactRequest } from "../../lib/request/artefact";
import type { Request, RolloutRequest } from "../../lib/request/request";
import { requestOf } from "./requests";
import type { Program, SynthesizedResource } from "./terraform";
import { triggersOf } from "./terraform";

/** A resource as it is synthesized. */
export interface Synthesized {
  /** Of its construct, in the stack. */
  readonly path: string;
  /** As others depend on it. */
  readonly address: string;
  readonly triggers: Readonly<Record<string, string>>;
  readonly dependsOn: readonly string[];
  readonly lifecycle?: Record<string, unknown>;
  readonly request?: Request;
}

/** All resources of a stack, in their order. */
export function resourcesOf(program: Program): Synthesized[] {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  // Metadata, which hold the paths, are no part of what Testing returns.
  const { resource } = stack.toTerraform() as {
    resource: Record<
      string,
      Record<
        string,
        SynthesizedResource & {
          readonly "//": { readonly metadata: { readonly path: string } };
        }
      >
    >;
  };
  return Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, each]) => ({
      path: each["//"].metadata.path.replace(/^stack\//, ""),
      address: `${type}.${id}`,
      triggers: triggersOf(each) ?? {},
      dependsOn: each.depends_on ?? [],
      lifecycle: each.lifecycle,
      request: requestOf(each),
    })),
  );
}

/** The artefacts of a stack, as the agent is told of them. */
export const artefactRequestsOf = (program: Program): ArtefactRequest[] =>
  resourcesOf(program).flatMap(({ request }) =>
    request?.action === "batch" ? request.artefacts : [],
  );

/** What the rollouts of a stack are told, by their paths below the one control plane. */
export function requestsOf(program: Program): Record<string, RolloutRequest> {
  const rollouts = resourcesOf(program).filter(({ path }) =>
    path.endsWith("/rollout"),
  );
  return Object.fromEntries(
    rollouts.map(({ path, request }) => [
      path.replace(/^[^/]*\//, ""),
      request as RolloutRequest,
    ]),
  );
}
