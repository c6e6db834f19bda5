import { existsSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "../../base/files";
import {
  attempt,
  fields,
  list,
  Mismatch,
  number,
  readJson,
  text,
} from "../../base/shape";
import {
  AGENT_ASSET,
  type Manifest,
  MANIFEST_FILE,
  MANIFEST_VERSION,
  type ManifestResource,
  type ManifestStore,
} from "../../request/manifest";
import { manifestMissing, manifestNewer, manifestUnreadable } from "../errors";

/** What synthesis leaves behind in a stack's folder for this library's resources. */
export const synthesizedFiles = (stackFolder: string) => ({
  manifest: join(stackFolder, MANIFEST_FILE),
  agent: join(stackFolder, "assets", AGENT_ASSET),
});

/** `undefined`: nothing of this library is in the stack. */
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

const RESOURCE = fields<{ address: string; kind: string }>({
  address: text,
  kind: text,
});

/** What follows from a row's kind is trusted: the version vouches for it. */
const MANIFEST = fields<Manifest>({
  version: number,
  stack: text,
  workingDirectory: text,
  stores: list(
    fields<ManifestStore>({
      directory: text,
      resources: (value, at) =>
        list(RESOURCE)(value, at) as readonly ManifestResource[],
    }),
  ),
});
