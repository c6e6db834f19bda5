import { createReadStream } from "node:fs";
import { NODE_STATE_DIR } from "../../catalog/paths";
import { undelivered } from "./errors";
import type { BinaryRequest } from "../../request/request";
import type { DeliveryOptions } from "./delivery";
import type { Host } from "./host";
import PLACE_BINARIES from "./scripts/place-binaries.sh";
import STAGE_BINARY from "./scripts/stage-binary.sh";
import STAGED_BINARIES from "./scripts/staged-binaries.sh";

/** A binary that is brought. */
export type BroughtBinary = BinaryRequest & Required<BinaryRequest>;

export const isBrought = (binary: BinaryRequest): binary is BroughtBinary =>
  binary.source !== undefined;

/** Where binaries wait for their node's turn, by their fingerprints. */
const STAGED = `${NODE_STATE_DIR}/binaries`;

export const stagedPath = (
  { source }: BroughtBinary,
  { root = "" }: DeliveryOptions = {},
): string => `${root}${STAGED}/${source.sha256}`;

/** A binary may have a hundred megabytes, and its way be slow. */
const TIMEOUT = 30 * 60_000;

/** Sends what isn't there yet, to wait beside its place; gives what was sent. */
export async function stageBinaries(
  host: Host,
  binaries: readonly BroughtBinary[],
  { root = "" }: DeliveryOptions = {},
): Promise<readonly BroughtBinary[]> {
  const sums = binaries.map(({ source }) => source.sha256);
  const { exitCode, stdout, stderr } = await host.run(STAGED_BINARIES, {
    args: [root, STAGED, ...sums],
    timeout: TIMEOUT,
  });
  if (exitCode !== 0) throw undelivered(host.name, stderr.trim());
  const there = new Set(stdout.toString().split("\n"));
  const missing = binaries.filter(({ source }) => !there.has(source.sha256));
  for (const { path, source } of missing) {
    const { exitCode, stderr } = await host.run(STAGE_BINARY, {
      args: [root, STAGED, source.sha256],
      input: createReadStream(source.file),
      timeout: TIMEOUT,
    });
    if (exitCode !== 0)
      throw undelivered(
        host.name,
        `${source.file} for ${path}: ${stderr.trim()}`,
      );
  }
  return missing;
}

/** Moves what waits into its place, one rename each. */
export async function placeBinaries(
  host: Host,
  binaries: readonly BinaryRequest[],
  { root = "" }: DeliveryOptions = {},
): Promise<void> {
  const brought = binaries.filter(isBrought);
  if (brought.length === 0) return;
  const { exitCode, stderr } = await host.run(PLACE_BINARIES, {
    args: [
      root,
      STAGED,
      ...brought.flatMap(({ path, source }) => [source.sha256, root + path]),
    ],
    timeout: TIMEOUT,
  });
  if (exitCode !== 0) throw undelivered(host.name, stderr.trim());
}
