import type { ComponentRow } from "../catalog/components";
import type { Site, SiteNode } from "../catalog/site";
import { mergeArguments } from "./arguments";

/** What is run as a process of this machine. */
export interface ProcessSpec {
  /** Its words; the first is where its program is. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A component as a process: the very flags that its static pod would have. */
export function processOf(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): ProcessSpec {
  const { extraArgs, extraEnvs } = row.options(site);
  const { runtime } = site;
  const folder =
    runtime.kind === "processes" ? runtime.binaryDirectory : undefined;
  return {
    command: [
      folder === undefined ? row.id : `${folder}/${row.id}`,
      ...mergeArguments(row.arguments(site, node), extraArgs),
    ],
    ...(extraEnvs.length > 0 && {
      environment: Object.fromEntries(
        extraEnvs.map(({ name, value = "" }) => [name, value]),
      ),
    }),
  };
}

/** Where the tree of the node says what is run. */
export const processPath = (site: Site, { id }: ComponentRow): string =>
  `${site.kubernetesDir}/processes/${id}.yaml`;
