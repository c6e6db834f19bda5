import type { ComponentRow } from "../../catalog/component";
import type { ExtraArgs, Site } from "../../catalog/site";
import { withDefaults } from "../../render/defaults";
import { withOptions } from "./flags";

/** What a prop sets that stands for flags and fields. What the user gives to a component by hand replaces it. */
export interface Settings {
  readonly flags?: Readonly<Partial<Record<ComponentRow["id"], ExtraArgs>>>;
  /** Fields of a KubeletConfiguration. */
  readonly kubelet?: Readonly<Record<string, unknown>>;
}

/** Returns the site with the settings, of which the later ones win. */
export function withSettings(site: Site, settings: readonly Settings[]): Site {
  if (settings.length === 0) return site;
  const { kubelet } = site;
  const fields = merged(settings.map((each) => each.kubelet));
  return {
    ...withOptions(site, (row, { extraArgs }) => ({
      extraArgs: {
        ...merged(settings.map(({ flags }) => flags?.[row.id])),
        ...extraArgs,
      },
    })),
    kubelet: { ...kubelet, config: withDefaults(fields, kubelet.config) },
  };
}

const merged = <T>(
  all: readonly (Readonly<Record<string, T>> | undefined)[],
): Readonly<Record<string, T>> =>
  Object.fromEntries(all.flatMap((each) => Object.entries(each ?? {})));
