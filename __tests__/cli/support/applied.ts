import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TerraformStack, Testing } from "cdktf";
import { type Contents, readContents } from "../../../lib/cli/plan/contents";
import { MANIFEST_FILE } from "../../../lib/request/manifest";
import { manifestOf } from "../../../lib/terraform/manifest";
import {
  type Synthesized,
  type SynthesizedResource,
  triggersOf,
} from "../../support/resources";

/** A resource in Terraform's state. */
export interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly module?: string;
  readonly instances: readonly {
    readonly status?: string;
    readonly index_key?: string | number;
    readonly dependencies?: readonly string[];
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
}

export const NO_CONTENTS: Contents = {
  resources: new Map(),
  stores: [],
  outputs: new Set(),
};

/** Synthesizes a stack's manifest into a folder, and reads it as the command line does. */
export function contentsIn(directory: string, stack: TerraformStack): Contents {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, MANIFEST_FILE),
    JSON.stringify(manifestOf(stack)),
  );
  return readContents({
    name: "stack",
    directory,
    dependencies: [],
    annotations: [],
  });
}

/** The state after a stack was applied with an empty store. Each id is the address, and values read from the store are empty. */
export function stateResources(stack: TerraformStack): StateResource[] {
  const { resource = {} } = JSON.parse(Testing.synth(stack)) as Synthesized;
  return Object.entries(resource).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, body]) => ({
      mode: "managed",
      type,
      name,
      instances: [
        {
          dependencies: dependenciesOf(body),
          attributes: attributesOf(`${type}.${name}`, body),
        },
      ],
    })),
  );
}

const dependenciesOf = (body: SynthesizedResource): string[] => [
  ...new Set([
    ...(body.depends_on ?? []),
    ...Object.values(triggersOf(body) ?? {}).flatMap(
      (value) => /^\$\{(\w+\.[\w-]+)\.id\}$/.exec(value)?.[1] ?? [],
    ),
  ]),
];

function attributesOf(id: string, body: SynthesizedResource) {
  const triggers = Object.fromEntries(
    Object.entries(triggersOf(body) ?? {}).map(([name, value]) => [
      name,
      appliedValue(name, value),
    ]),
  );
  return body.triggers
    ? { id, triggers }
    : {
        id,
        input: null,
        output: null,
        triggers_replace: { value: triggers, type: ["object", {}] },
      };
}

function appliedValue(name: string, value: string): string {
  if (name.startsWith("check ") || name === "sha256") return "";
  return value.replace(/^\$\{(.*)\.id\}$/s, "$1");
}
