import { Testing, TerraformStack } from "cdktf";
import { load, loadAll } from "js-yaml";
import type { Json } from "./kubeadm";

/** An artefact, as a plan shows it. */
export interface SynthesizedArtefact {
  /** The paths of its files. The first one identifies it. */
  readonly files: readonly string[];
  /** The first files of the artefacts from which it is made. */
  readonly from: readonly string[];
  readonly spec: string;
}

/** All artefacts of a stack, by their first files. */
export function artefactsOf(
  program: (stack: TerraformStack) => void,
): Map<string, SynthesizedArtefact> {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: Record<string, Record<string, Json>>;
  };
  const triggers = Object.values(resource)
    .flatMap((byId) => Object.values(byId))
    .map(({ triggers_replace, triggers }) => triggers_replace ?? triggers ?? {})
    .filter(({ files }) => files !== undefined) as Record<string, string>[];
  return new Map(
    triggers.map(({ files, spec, ...others }) => {
      const paths = files.split("\n").map((line) => line.split(" ")[0]);
      const from = Object.keys(others)
        .filter((name) => name.startsWith("from "))
        .map((name) => name.slice("from ".length));
      return [paths[0], { files: paths, from, spec }];
    }),
  );
}

export const yamlOf = ({ spec }: SynthesizedArtefact): Json =>
  load(spec) as Json;

export const documentsOf = ({ spec }: SynthesizedArtefact): Json[] =>
  loadAll(spec) as Json[];
