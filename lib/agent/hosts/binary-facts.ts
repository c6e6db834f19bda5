import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { changedUserFile, unreadableUserFile } from "../../base/errors";
import { openPlainFile, reasonOf } from "../../base/plain-file";
import type { BinaryRequest } from "../../request/request";
import { type BroughtBinary, isBrought, stagedPath } from "./binaries";
import type { DeliveryOptions } from "./delivery";
import { HEADER } from "./elf";
import type { Host } from "./host";
import { inquire } from "./inquiry";
import BINARY_FACTS from "./scripts/binary-facts.sh";

/** A binary that a node's units run, or are to run. */
export interface BinaryFacts {
  readonly path: string;
  /** On the deploying machine, where it comes from there and isn't in its place yet. */
  readonly file?: string;
  /** Its first bytes; absent: there is none. */
  readonly header?: Buffer;
  readonly executable: boolean;
  /** What it says when it is asked for its version; absent: it was not asked. */
  readonly said?: string;
}

/** As people find it. */
export const sourceOf = ({ source }: BroughtBinary): { file: string } => ({
  file: resolve(source.file),
});

/** The first bytes of a file of this machine, which is what the plan knew. */
export async function readSource(
  { path, source }: BroughtBinary,
  wantedBy: string,
): Promise<Buffer> {
  const wanted = `${path} of ${wantedBy}`;
  const { header, sha256 } = await readProgram(source.file, wanted);
  if (sha256 !== source.sha256) throw changedUserFile(source.file, wanted);
  return header;
}

/** The first bytes of a file of this machine, and the hash of all of them. */
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

/** Each says its version within ten seconds. */
const TIMEOUT = 120_000;

/**
 * How the binaries are on a host: where they are to be, or, those that were sent and wait for their turn, beside.
 * @param waiting those that wait
 * @param asked whether a binary tells its version
 */
export async function readBinaries(
  host: Host,
  binaries: readonly BinaryRequest[],
  waiting: readonly BinaryRequest[],
  asked: (path: string) => boolean,
  options: DeliveryOptions = {},
): Promise<BinaryFacts[]> {
  const programs = binaries.map((binary) =>
    waiting.includes(binary) && isBrought(binary)
      ? stagedPath(binary, options)
      : (options.root ?? "") + binary.path,
  );
  const { all } = await inquire(host, {
    script: BINARY_FACTS,
    args: [
      `${HEADER}`,
      ...binaries.flatMap(({ path }, at) => [
        programs[at],
        asked(path) ? "version" : "",
      ]),
    ],
    timeout: TIMEOUT,
  });
  const found = new Map(all("binary").map(([path, ...rest]) => [path, rest]));
  return binaries.map((binary, at) => {
    const [executable, header, said] = found.get(programs[at]) ?? [];
    return {
      path: binary.path,
      ...(waiting.includes(binary) && isBrought(binary) && sourceOf(binary)),
      ...(header !== undefined && { header: Buffer.from(header, "base64") }),
      executable: executable === "yes",
      ...(executable === "yes" && asked(binary.path) && { said }),
    };
  });
}
