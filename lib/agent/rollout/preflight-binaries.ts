import { elapsed } from "../../base/clock";
import type { Work } from "../../store/work";
import {
  type DeliveredBinary,
  isDelivered,
  stageBinaries,
} from "../hosts/binaries";
import {
  type BinaryFacts,
  readBinaries,
  readSource,
  sourceOf,
} from "../hosts/binary-facts";
import { isScript, machineOf, runsOn } from "../hosts/elf";
import { tellsVersion } from "../preflight/binaries";
import { binaryFiles } from "../../base/counted";
import type { LiveNode } from "./live-node";
import { programOf } from "./units";
import type { BinaryRequest } from "../../request/request";
import type { ReachedHost } from "./session";

/** Headers of binaries on this machine that are delivered to nodes; each file is read once. */
export class SourceHeaders {
  private readonly headers = new Map<string, Promise<Buffer>>();

  header(binary: DeliveredBinary, wantedBy: string): Promise<Buffer> {
    const { file, sha256 } = binary.source;
    const key = `${sha256} ${file}`;
    const header = this.headers.get(key) ?? readSource(binary, wantedBy);
    this.headers.set(key, header);
    return header;
  }
}

/**
 * The facts about all binaries of a node. Missing binaries are sent and placed next to their destinations, so that they
 * can be run to print their version; without `sends`, only their headers are read.
 */
export async function readBinaryFacts(
  { request, host, facts, node }: ReachedHost,
  sources: SourceHeaders,
  { clock, say }: Pick<Work, "clock" | "say">,
  sends: boolean,
): Promise<BinaryFacts[]> {
  const { name } = request;
  const programs = programsOf(node);
  if (programs.length === 0) return [];
  const missing = await Promise.all(
    node.comparison.binaries.filter(isDelivered).map(async (binary) => ({
      binary,
      header: await sources.header(binary, name),
    })),
  );
  // A binary for another architecture is not sent; its header tells enough.
  const unsuitable = missing.filter(({ header }) => {
    if (!sends) return true;
    const machine = machineOf(header);
    return machine === undefined
      ? !isScript(header)
      : !runsOn(machine, facts.architecture);
  });
  const waiting = missing
    .filter((each) => !unsuitable.includes(each))
    .map(({ binary }) => binary);
  const start = clock.now();
  const sent = await stageBinaries(host, waiting);
  if (sent.length > 0)
    say(
      `${name}: ${binaryFiles(sent.length)} sent in ${elapsed(clock, start)}`,
    );
  const others = programs.filter(
    (each) => !unsuitable.some(({ binary }) => binary === each),
  );
  return [
    ...unsuitable.map(({ binary, header }) => ({
      path: binary.path,
      ...sourceOf(binary),
      header,
      executable: true,
    })),
    ...(await readBinaries(host, others, waiting, tellsVersion)),
  ];
}

/**
 * All programs that the units of a node start: delivered binaries, binaries that the host has to have, and those of
 * packages.
 */
function programsOf({ request, units }: LiveNode): readonly BinaryRequest[] {
  const { binaries = [] } = request;
  const known = new Set(binaries.map(({ path }) => path));
  const others = units.flatMap((unit) => {
    const path = unit.isOurs ? programOf(unit) : undefined;
    return path === undefined || known.has(path) ? [] : [{ path }];
  });
  return [...binaries, ...others];
}
