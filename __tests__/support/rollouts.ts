import { Testing, TerraformStack } from "cdktf";
import type { ArtefactRequest } from "../../lib/request/artefact";
import type { Request, RolloutRequest } from "../../lib/request/request";
import { requestOf } from "./requests";
import type { Program } from "./terraform";
import { type SynthesizedResource, triggersOf } from "./resources";

/** A synthesized resource. */
export interface Synthesized {
  /** The path of its construct in the stack. */
  readonly path: string;
  /** Its Terraform address. */
  readonly address: string;
  readonly triggers: Readonly<Record<string, string>>;
  readonly dependsOn: readonly string[];
  readonly lifecycle?: Record<string, unknown>;
  readonly request?: Request;
}

/** All resources of a stack, in order. */
export function resourcesOf(program: Program): Synthesized[] {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  // Testing.synth removes the metadata, which contain the paths.
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

/** The artefacts of a stack, as in the requests to the agent. */
export const artefactRequestsOf = (program: Program): ArtefactRequest[] =>
  resourcesOf(program).flatMap(({ request }) =>
    request?.action === "batch" ? request.artefacts : [],
  );

/** The requests of a stack's rollouts, by their paths below the control plane. */
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
