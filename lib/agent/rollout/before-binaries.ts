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
import type { Reached } from "./session";

/** Files of this machine that nodes get, each read once. */
export class Sources {
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
 * Says of all binaries of a node how they are. What it has not got is sent, to wait beside its place and to be asked for
 * its version; or only its header is looked at.
 */
export async function binaryFacts(
  { request, host, facts, node }: Extract<Reached, { readonly node: LiveNode }>,
  sources: Sources,
  { clock, say }: Pick<Work, "clock" | "say">,
  brings: boolean,
): Promise<BinaryFacts[]> {
  const { name } = request;
  const programs = programsOf(node);
  if (programs.length === 0) return [];
  const lacking = await Promise.all(
    node.binaries.filter(isDelivered).map(async (binary) => ({
      binary,
      header: await sources.header(binary, name),
    })),
  );
  // What cannot run there is not sent, and all that is known of it is its header.
  const useless = lacking.filter(({ header }) => {
    if (!brings) return true;
    const machine = machineOf(header);
    return machine === undefined
      ? !isScript(header)
      : !runsOn(machine, facts.architecture);
  });
  const waiting = lacking
    .filter((each) => !useless.includes(each))
    .map(({ binary }) => binary);
  const start = clock.now();
  const sent = await stageBinaries(host, waiting);
  if (sent.length > 0)
    say(
      `${name}: ${binaryFiles(sent.length)} sent in ${elapsed(clock, start)}`,
    );
  const others = programs.filter(
    (each) => !useless.some(({ binary }) => binary === each),
  );
  return [
    ...useless.map(({ binary, header }) => ({
      path: binary.path,
      ...sourceOf(binary),
      header,
      executable: true,
    })),
    ...(await readBinaries(host, others, waiting, tellsVersion)),
  ];
}

/** What the units of a node start: what is brought, what has to be there, and what packages bring. */
function programsOf({ request, units }: LiveNode): readonly BinaryRequest[] {
  const { binaries = [] } = request;
  const known = new Set(binaries.map(({ path }) => path));
  const others = units.flatMap((unit) => {
    const path = unit.isOurs ? programOf(unit) : undefined;
    return path === undefined || known.has(path) ? [] : [{ path }];
  });
  return [...binaries, ...others];
}
