import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { isFile, listIfThere } from "../base/files";
import {
  anything,
  fields,
  optional,
  readJson,
  record,
  text,
} from "../base/shape";
import { readManifest } from "../cli/plan/manifest";
import type { ArtefactKind } from "../request/artefact";
import type { ArtefactRow, Manifest, ManifestStore } from "../request/manifest";
import { type FileRequest, readFileLines } from "../store/artefacts";
import { manifestOf } from "../terraform/manifest";
import * as errors from "./errors";

/** A stack, or the folder of a synthesized one: `cdktf.out/stacks/prod`, or what `Testing.fullSynth` returns. */
export type Source = TerraformStack | string;

/** What synthesis says about one store. */
export interface SynthesizedStore {
  /** The cluster's name. For a store without a cluster, the name of its folder. */
  readonly name: string;
  /** `v1.36.3`. Absent for a store without a cluster. */
  readonly kubernetesVersion?: string;
  readonly artefacts: readonly SynthesizedArtefact[];
}

/** A file, or a certificate with its key, as a plan shows it. */
export interface SynthesizedArtefact {
  readonly kind: ArtefactKind;
  readonly files: readonly FileRequest[];
  readonly spec: string;
  /** The first files of the artefacts from which it is made. */
  readonly from: readonly string[];
}

/** The stores of a stack. */
export function storesIn(source: Source): SynthesizedStore[] {
  const { name, manifest, resources } = synthesized(source);
  const stores = manifest?.stores ?? [];
  if (stores.length === 0) throw errors.noStore(name);
  return stores.map((store) => storeOf(store, resources));
}

type Resources = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
>;

interface Synthesized {
  readonly name: string;
  readonly manifest?: Manifest;
  readonly resources: Resources;
}

const STACK_FILE = "cdk.tf.json";
const STACK = fields({ resource: optional(record(record(record(anything)))) });
const TRIGGERS = record(text);

function synthesized(source: Source): Synthesized {
  if (TerraformStack.isStack(source))
    return {
      name: source.node.id,
      manifest: manifestOf(source),
      resources: readJson(Testing.synth(source), STACK).resource ?? {},
    };
  const directory = stackFolder(source);
  const name = basename(directory);
  const json = readFileSync(join(directory, STACK_FILE), "utf8");
  return {
    name,
    manifest: readManifest({ name, directory }),
    resources: readJson(json, STACK).resource ?? {},
  };
}

/** The folder of a stack: the given one, or that of the only stack in the output of an app. */
function stackFolder(given: string): string {
  if (typeof given !== "string" || /^\s*\{/.test(given))
    throw errors.notASource();
  if (isFile(join(given, STACK_FILE))) return given;
  const stacks = join(given, "stacks");
  const names = listIfThere(stacks).filter((name) =>
    isFile(join(stacks, name, STACK_FILE)),
  );
  if (names.length !== 1) throw errors.noStackFolder(given, names);
  return join(stacks, names[0]);
}

function storeOf(
  { directory, resources: rows }: ManifestStore,
  resources: Resources,
): SynthesizedStore {
  const rollout = rows.find((row) => row.kind === "rollout")?.request;
  return {
    name: rollout?.clusterName ?? basename(directory),
    kubernetesVersion: rollout?.kubernetesVersion,
    artefacts: rows.flatMap((row) =>
      row.kind === "artefact" ? [artefactOf(row, resources)] : [],
    ),
  };
}

function artefactOf(
  { address, of }: ArtefactRow,
  resources: Resources,
): SynthesizedArtefact {
  const [type, id] = address.split(".");
  const { triggers, triggers_replace = triggers } = resources[type][id];
  const { files, spec, ...others } = TRIGGERS(triggers_replace, address);
  return {
    kind: of,
    files: readFileLines(files),
    spec,
    from: Object.keys(others)
      .filter((name) => name.startsWith(FROM))
      .map((name) => name.slice(FROM.length)),
  };
}

const FROM = "from ";
