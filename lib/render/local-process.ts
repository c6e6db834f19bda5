import { type ComponentRow, flagsOf } from "../catalog/component";
import type { Site, SiteNode } from "../catalog/site";

/** A component as a local process, with the same flags as a static pod. */
export function processOf(row: ComponentRow, site: Site, node: SiteNode) {
  const { extraEnvs } = row.options(site);
  const { runtime } = site;
  const folder =
    runtime.kind === "processes" ? runtime.binaryDirectory : undefined;
  return {
    command: [
      folder === undefined ? row.id : `${folder}/${row.id}`,
      ...flagsOf(row, site, node),
    ],
    ...(extraEnvs.length > 0 && {
      environment: Object.fromEntries(
        extraEnvs.map(({ name, value = "" }) => [name, value]),
      ),
    }),
  };
}

/** The file of the node tree that describes a component's process. */
export const processPath = (site: Site, { id }: ComponentRow): string =>
  `${site.kubernetesDir}/processes/${id}.yaml`;
