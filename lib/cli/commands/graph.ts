import { extname } from "node:path";
import { otherEnding, unknownFormat } from "../errors-show";
import type { Cluster } from "../model/cluster";
import { dotOf } from "../picture/dot";
import { mermaidOf } from "../picture/mermaid";
import { outlineOf } from "../picture/outline";
import { svgOf } from "../picture/svg";
import type { Context } from "../plan/workspace";
import { clustersOf, write } from "./clusters";

const FORMATS: Readonly<
  Record<string, (clusters: readonly Cluster[], now: Date) => string>
> = {
  svg: svgOf,
  dot: (clusters, now) => dotOf(outlineOf(clusters, now)),
  mermaid: (clusters, now) => mermaidOf(outlineOf(clusters, now)),
};

export interface GraphOptions {
  readonly format?: string;
  /** Where to write it. @default standard output */
  readonly out?: string;
}

/** Draws the clusters of the app. */
export async function graph(
  names: readonly string[],
  options: GraphOptions,
  context: Context,
): Promise<number> {
  const { format = formatOf(options), out } = options;
  if (!Object.hasOwn(FORMATS, format))
    throw unknownFormat(format, Object.keys(FORMATS));
  const clusters = await clustersOf(names, context);
  write(FORMATS[format](clusters, new Date(context.clock.now())), out, context);
  return 0;
}

/** The format without `--format`. A viewer refuses an SVG in a file that is named like another kind of picture. */
function formatOf({ out = "" }: GraphOptions): string {
  const ending = extname(out);
  if (!["", ".svg"].includes(ending.toLowerCase()))
    throw otherEnding(out, ending);
  return "svg";
}
