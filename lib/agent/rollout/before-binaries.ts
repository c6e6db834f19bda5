import {
  type BroughtBinary,
  isBrought,
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
import { binaryFiles } from "../make/report";
import type { LiveNode } from "./live-node";
import type { Reached } from "./session";

/** Files of this machine that nodes get, each read once. */
export class Sources {
  private readonly headers = new Map<string, Promise<Buffer>>();

  header(binary: BroughtBinary, wantedBy: string): Promise<Buffer> {
    const { file, sha256 } = binary.source;
    const key = `${sha256} ${file}`;
    const header = this.headers.get(key) ?? readSource(binary, wantedBy);
    this.headers.set(key, header);
    return header;
  }
}

/** Sends the binaries that a node has not got, to wait beside their places, and says of all how they are. */
export async function bringBinaries(
  { request, host, facts, node }: Extract<Reached, { readonly node: LiveNode }>,
  sources: Sources,
  say: (line: string) => void,
): Promise<BinaryFacts[]> {
  const { name } = request;
  const { programs } = node;
  if (programs.length === 0) return [];
  const lacking = await Promise.all(
    node.binaries.filter(isBrought).map(async (binary) => ({
      binary,
      header: await sources.header(binary, name),
    })),
  );
  // What cannot run there is not sent.
  const useless = lacking.filter(({ header }) => {
    const machine = machineOf(header);
    return machine === undefined
      ? !isScript(header)
      : !runsOn(machine, facts.architecture);
  });
  const waiting = lacking
    .filter((each) => !useless.includes(each))
    .map(({ binary }) => binary);
  const start = Date.now();
  const sent = await stageBinaries(host, waiting);
  if (sent.length > 0)
    say(
      `${name}: ${binaryFiles(sent.length)} sent in ${Math.round((Date.now() - start) / 1000)} s`,
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
