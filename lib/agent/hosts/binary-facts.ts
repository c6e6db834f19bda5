import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { changedUserFile, unreadableUserFile } from "../../base/errors";
import { openPlainFile, reasonOf } from "../../base/plain-file";
import type { BinaryRequest } from "../../request/request";
import { type DeliveredBinary, isDelivered, stagedPath } from "./binaries";
import type { DeliveryOptions } from "./delivery";
import { HEADER } from "./elf";
import type { Host } from "./host";
import { inquire } from "./inquiry";
import BINARY_FACTS from "./scripts/binary-facts.sh";

/** The state of a binary that a node's units run or will run. */
export interface BinaryFacts {
  readonly path: string;
  /** The file on the deploying machine, if the binary is delivered and not in its place yet. */
  readonly file?: string;
  /** Its first bytes; absent if the file does not exist. */
  readonly header?: Buffer;
  readonly executable: boolean;
  /** Its output when it was asked for its version; absent if it was not asked. */
  readonly versionOutput?: string;
}

/** The source of a delivered binary, as an absolute path for messages. */
export const sourceOf = ({ source }: DeliveredBinary): { file: string } => ({
  file: resolve(source.file),
});

/** The first bytes of a binary's source on this machine. Throws if the file changed after the plan. */
export async function readSource(
  { path, source }: DeliveredBinary,
  wantedBy: string,
): Promise<Buffer> {
  const wanted = `${path} of ${wantedBy}`;
  const { header, sha256 } = await readProgram(source.file, wanted);
  if (sha256 !== source.sha256) throw changedUserFile(source.file, wanted);
  return header;
}

/** The first bytes of a file on this machine, and the hash of the whole file. */
export async function readProgram(
  file: string,
  wantedBy: string,
): Promise<{ readonly header: Buffer; readonly sha256: string }> {
  const hash = createHash("sha256");
  let header = Buffer.alloc(0);
  try {
    const opened = await openPlainFile(file);
    for await (const chunk of opened.createReadStream()) {
      const bytes = chunk as Buffer;
      hash.update(bytes);
      if (header.length < HEADER)
        header = Buffer.concat([header, bytes]).subarray(0, HEADER);
    }
  } catch (error) {
    throw unreadableUserFile(file, wantedBy, reasonOf(error));
  }
  return { header, sha256: hash.digest("hex") };
}

/** Milliseconds for all binaries: each has ten seconds to print its version. */
const TIMEOUT = 120_000;

/**
 * The state of binaries on a host. A staged binary is examined where it is staged, any other one in its place.
 *
 * @param staged the binaries that were sent and wait for their node's turn
 * @param isAsked whether a binary is asked for its version
 */
export async function readBinaries(
  host: Host,
  binaries: readonly BinaryRequest[],
  staged: readonly BinaryRequest[],
  isAsked: (path: string) => boolean,
  options: DeliveryOptions = {},
): Promise<BinaryFacts[]> {
  const programs = binaries.map((binary) =>
    staged.includes(binary) && isDelivered(binary)
      ? stagedPath(binary, options)
      : (options.root ?? "") + binary.path,
  );
  const { all } = await inquire(host, {
    script: BINARY_FACTS,
    args: [
      `${HEADER}`,
      ...binaries.flatMap(({ path }, at) => [
        programs[at],
        isAsked(path) ? "version" : "",
      ]),
    ],
    timeout: TIMEOUT,
  });
  const found = new Map(all("binary").map(([path, ...rest]) => [path, rest]));
  return binaries.map((binary, at) => {
    const [executable, header, versionOutput] = found.get(programs[at]) ?? [];
    return {
      path: binary.path,
      ...(staged.includes(binary) && isDelivered(binary) && sourceOf(binary)),
      ...(header !== undefined && { header: Buffer.from(header, "base64") }),
      executable: executable === "yes",
      ...(executable === "yes" && isAsked(binary.path) && { versionOutput }),
    };
  });
}
