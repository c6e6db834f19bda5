import { existsSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "../../base/files";
import {
  attempt,
  fields,
  flag,
  list,
  Mismatch,
  number,
  optional,
  orAbsent,
  readJson,
  type Shape,
  text,
} from "../../base/shape";
import {
  AGENT_ASSET,
  type Manifest,
  MANIFEST_FILE,
  MANIFEST_VERSION,
  type ManifestResource,
  type ManifestStore,
  type ResourceKind,
} from "../../request/manifest";
import { manifestMissing, manifestNewer, manifestUnreadable } from "../errors";

/** The files that synthesis writes into a stack's folder for this library's resources. */
export const synthesizedFiles = (stackFolder: string) => ({
  manifest: join(stackFolder, MANIFEST_FILE),
  agent: join(stackFolder, "assets", AGENT_ASSET),
});

/** Reads the manifest of a stack; `undefined` if the stack does not use this library. */
export function readManifest({
  name,
  directory,
}: {
  readonly name: string;
  readonly directory: string;
}): Manifest | undefined {
  const { manifest, agent } = synthesizedFiles(directory);
  const json = readIfThere(manifest)?.toString();
  if (json === undefined) {
    if (existsSync(agent)) throw manifestMissing(name, manifest);
    return undefined;
  }
  const version = attempt(() => readJson(json, VERSION))?.version;
  if (version !== undefined && version > MANIFEST_VERSION)
    throw manifestNewer(name, manifest, version, MANIFEST_VERSION);
  try {
    return readJson(json, MANIFEST);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw manifestUnreadable(name, manifest, error.message);
  }
}

const VERSION = fields({ version: number });

/** The fields of a row of each kind, besides its address. */
const ROWS: Readonly<Record<ResourceKind, Shape<object>>> = {
  artefact: fields({
    files: list(text),
    batch: text,
    purpose: orAbsent(text),
    issuer: orAbsent(text),
  }),
  batch: fields({ title: text }),
  rollout: fields({
    title: text,
    request: fields({ nodes: list(fields({ name: text })) }),
    unknown: list(text),
  }),
  anchor: fields({ file: text }),
  teardown: fields({ retainAuthorities: flag }),
  access: fields({}),
  guard: fields({}),
  signatures: fields({}),
};

const row: Shape<ManifestResource> = (value, at = "") => {
  const { kind } = fields({ address: text, kind: text })(value, at);
  if (!Object.hasOwn(ROWS, kind))
    throw new Mismatch(
      `${at}.kind is ${JSON.stringify(kind)}, which is not a kind of resource`,
    );
  return ROWS[kind as ResourceKind](value, at) as ManifestResource;
};

const MANIFEST = fields<Manifest>({
  version: number,
  stack: text,
  workingDirectory: text,
  outputs: optional(list(text)),
  stores: list(
    fields<ManifestStore>({ directory: text, resources: list(row) }),
  ),
});
