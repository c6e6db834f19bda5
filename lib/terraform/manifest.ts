import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ISynthesisSession, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { WORKSPACE } from "../catalog/paths";
import {
  type Manifest,
  MANIFEST_FILE,
  MANIFEST_VERSION,
  type ManifestResource,
} from "../request/manifest";
import { fromStackFolder } from "./place";
import { Outputs } from "./outputs";
import { Resource } from "./resource";
import { CURRENT_WORKSPACE } from "./expression";

const withManifest = new WeakSet<TerraformStack>();

/** Makes a stack write its manifest beside `cdk.tf.json` whenever it is synthesized. */
export function addManifest(scope: Construct): void {
  const stack = TerraformStack.of(scope);
  if (withManifest.has(stack)) return;
  withManifest.add(stack);
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize(session: ISynthesisSession) {
      synthesizer.synthesize(session);
      const { workingDirectory } = session.manifest.forStack(stack);
      writeFileSync(
        join(session.outdir, workingDirectory, MANIFEST_FILE),
        `${JSON.stringify(manifestOf(stack), undefined, 1)}\n`,
      );
    },
  };
}

/** The manifest of a stack: a row for each of this library's resources. */
export function manifestOf(stack: TerraformStack): Manifest {
  const stores = new Map<string, ManifestResource[]>();
  for (const resource of stack.node.findAll()) {
    if (!(resource instanceof Resource) || resource.cdktfStack !== stack)
      continue;
    const directory = resource.place.location;
    const rows = stores.get(directory) ?? [];
    rows.push({ address: resource.address, ...resource.description });
    stores.set(directory, rows);
  }
  return {
    version: MANIFEST_VERSION,
    stack: stack.node.id,
    workingDirectory: fromStackFolder(stack, "."),
    outputs: Outputs.of(stack).names,
    stores: [...stores].map(([directory, resources]) => ({
      directory: directory.replaceAll(CURRENT_WORKSPACE, () => WORKSPACE),
      resources,
    })),
  };
}
