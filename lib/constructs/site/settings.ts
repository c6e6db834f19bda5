import type { ComponentRow } from "../../catalog/component";
import { KUBE_APISERVER } from "../../catalog/components";
import { KUBERNETES_DIR } from "../../catalog/paths";
import type { ComponentFile } from "../../catalog/component-file";
import type { ExtraArgs, ExtraVolume, Site } from "../../catalog/site";
import { withDefaults } from "../../render/defaults";
import { withOptions } from "./flags";
import type { NodeProps } from "./node-props";
import * as errors from "./settings-errors";

/** What a prop sets that stands for flags, fields and files. What the user gives to a component by hand replaces it. */
export interface Settings {
  /** The prop, for errors. */
  readonly prop: string;
  /** Whether flags that name files by hand win, too, because nothing else needs these. */
  readonly yields?: true;
  readonly flags?: Readonly<Partial<Record<ComponentRow["id"], ExtraArgs>>>;
  /** Fields of a KubeletConfiguration. */
  readonly kubelet?: Readonly<Record<string, unknown>>;
  /** Files that API servers read. */
  readonly files?: readonly ComponentFile[];
  /** What the pods of API servers mount besides the folder of these files. */
  readonly volumes?: readonly ExtraVolume[];
}

const FOLDER = KUBE_APISERVER.id;

/** A file that API servers read: what makes it, and how flags name it. */
export const apiServerFile = (
  { kubernetesDir }: Site,
  name: string,
): {
  readonly file: Pick<ComponentFile, "component" | "path">;
  readonly path: string;
} => ({
  file: { component: FOLDER, path: `${KUBERNETES_DIR}/${FOLDER}/${name}` },
  path: `${kubernetesDir}/${FOLDER}/${name}`,
});

/** The volume with all of these files. A single file would stay the old one in a pod when it is replaced. */
const FILES_VOLUME: ExtraVolume = {
  name: `${FOLDER}-files`,
  hostPath: `${KUBERNETES_DIR}/${FOLDER}`,
  mountPath: `${KUBERNETES_DIR}/${FOLDER}`,
  readOnly: true,
  pathType: "DirectoryOrCreate",
};

/**
 * Returns the site with the settings, of which the later ones win. Throws if the user gives a file, a volume, or a flag
 * that names such a file, too.
 */
export function withSettings(
  site: Site,
  settings: readonly Settings[],
  nodes: readonly NodeProps[],
): Site {
  if (settings.length === 0) return site;
  for (const each of settings) requireFree(site, each, nodes);
  const { kubelet } = site;
  const fields = merged(settings.map((each) => each.kubelet));
  const files = settings.flatMap((each) => each.files ?? []);
  const volumes =
    site.runtime.kind === "static-pods" ? settings.flatMap(volumesOf) : [];
  return {
    ...withOptions(site, (row, { extraArgs, extraVolumes }) => ({
      extraArgs: {
        ...merged(settings.map(({ flags }) => flags?.[row.id])),
        ...extraArgs,
      },
      ...(row.id === FOLDER && {
        extraVolumes: [...new Set(volumes), ...extraVolumes],
      }),
    })),
    kubelet: { ...kubelet, config: withDefaults(fields, kubelet.config) },
    ...(files.length > 0 && { files }),
  };
}

const volumesOf = ({ files = [], volumes = [] }: Settings): ExtraVolume[] => [
  ...(files.length > 0 ? [FILES_VOLUME] : []),
  ...volumes,
];

function requireFree(
  site: Site,
  settings: Settings,
  nodes: readonly NodeProps[],
): void {
  const { prop, yields, flags, files = [] } = settings;
  const { extraArgs, extraVolumes } = site.apiServer;
  const twice = Object.entries(flags?.[FOLDER] ?? {}).find(
    ([flag, value]) => flag in extraArgs && String(value).includes("/"),
  );
  if (twice && !yields) throw errors.flagTaken(prop, twice[0]);
  for (const { path } of files) {
    const node = nodes.find(({ files: own = [] }) =>
      own.some((file) => file.path === path),
    );
    if (node) throw errors.fileTaken(prop, path, node.name);
  }
  if (site.runtime.kind !== "static-pods") return;
  const mounted: Pick<ExtraVolume, "name" | "mountPath">[] = [
    ...KUBE_APISERVER.volumes(site),
    ...extraVolumes,
  ];
  for (const { name, mountPath } of volumesOf(settings)) {
    if (mounted.some((each) => each.name === name))
      throw errors.volumeTaken(prop, name);
    if (mounted.some((each) => each.mountPath === mountPath))
      throw errors.mountTaken(prop, mountPath);
    mounted.push({ name, mountPath });
  }
}

const merged = <T>(
  all: readonly (Readonly<Record<string, T>> | undefined)[],
): Readonly<Record<string, T>> =>
  Object.fromEntries(all.flatMap((each) => Object.entries(each ?? {})));
