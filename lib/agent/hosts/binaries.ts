import { createReadStream } from "node:fs";
import { NODE_STATE_DIR } from "../../catalog/paths";
import { failedDelivery } from "./errors";
import type { BinaryRequest } from "../../request/request";
import type { DeliveryOptions } from "./delivery";
import type { Host } from "./host";
import PLACE_BINARIES from "./scripts/place-binaries.sh";
import STAGE_BINARY from "./scripts/stage-binary.sh";
import STAGED_BINARIES from "./scripts/staged-binaries.sh";

/** A binary that the rollout delivers. Others are on the host already. */
export type DeliveredBinary = BinaryRequest & Required<BinaryRequest>;

export const isDelivered = (binary: BinaryRequest): binary is DeliveredBinary =>
  binary.source !== undefined;

/** The folder where binaries, named by their SHA-256, wait for their node's turn. */
const STAGED = `${NODE_STATE_DIR}/binaries`;

export const stagedPath = (
  { source }: DeliveredBinary,
  { root = "" }: DeliveryOptions = {},
): string => `${root}${STAGED}/${source.sha256}`;

/** Milliseconds: a binary may have a hundred megabytes, and the connection may be slow. */
const TIMEOUT = 30 * 60_000;

/** Sends the binaries that are not staged on the host yet, and returns those that were sent. */
export async function stageBinaries(
  host: Host,
  binaries: readonly DeliveredBinary[],
  { root = "" }: DeliveryOptions = {},
): Promise<readonly DeliveredBinary[]> {
  const sums = binaries.map(({ source }) => source.sha256);
  const { exitCode, stdout, stderr } = await host.run(STAGED_BINARIES, {
    args: [root, STAGED, ...sums],
    timeout: TIMEOUT,
  });
  if (exitCode !== 0) throw failedDelivery(host.name, stderr.trim());
  const staged = new Set(stdout.toString().split("\n"));
  const missing = binaries.filter(({ source }) => !staged.has(source.sha256));
  for (const { path, source } of missing) {
    const { exitCode, stderr } = await host.run(STAGE_BINARY, {
      args: [root, STAGED, source.sha256],
      input: createReadStream(source.file),
      timeout: TIMEOUT,
    });
    if (exitCode !== 0)
      throw failedDelivery(
        host.name,
        `${source.file} for ${path}: ${stderr.trim()}`,
      );
  }
  return missing;
}

/** Moves staged binaries into their places, one rename for each. */
export async function placeBinaries(
  host: Host,
  binaries: readonly BinaryRequest[],
  { root = "" }: DeliveryOptions = {},
): Promise<void> {
  const delivered = binaries.filter(isDelivered);
  if (delivered.length === 0) return;
  const { exitCode, stderr } = await host.run(PLACE_BINARIES, {
    args: [
      root,
      STAGED,
      ...delivered.flatMap(({ path, source }) => [source.sha256, root + path]),
    ],
    timeout: TIMEOUT,
  });
  if (exitCode !== 0) throw failedDelivery(host.name, stderr.trim());
}
