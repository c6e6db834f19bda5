import { isAbsolute } from "node:path";
import type { MergedKubeconfigSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import {
  kubeconfigUnfinished,
  relativeInKubeconfig,
} from "../kubeconfig/errors";
import { readIfThere } from "../../base/files";
import {
  keptText,
  mergeIntoUserFile,
  oursOf,
  type MergeRecord,
  recordOf,
} from "../kubeconfig/user-file";
import { unusableKubeconfig } from "../cluster/errors";
import {
  type Fields,
  KUBECONFIG,
  type Kubeconfig,
  LIST_NAMES,
} from "../kubeconfig/entries";
import type { Maker } from "./maker";
import { relativeTo } from "../../base/user-paths";
import { expecting } from "../../base/shape";
import { fromYaml, readYaml } from "../../base/yaml";

/**
 * Makes the kubeconfig in the store and, if a path is given, merges its entries into the user's file there. The user's
 * file is changed before the store records it: after a kill between the two, the next run finds that the file is as
 * wanted.
 */
export const makeMergedKubeconfig: Maker = async (
  artefact,
  { store, work },
) => {
  const spec = fromYaml(artefact.spec) as MergedKubeconfigSpec;
  const wanted = mergedKubeconfig(spec);
  const content = toYaml(wanted);
  const record = recordOf(store, artefact.path);
  const before = record && oursOf(store, artefact.path);
  const path = spec.path && relativeTo(store.directory, spec.path);
  const notes: string[] = [];
  if (record && record.path !== path) {
    const left = { ours: before, origin: record };
    const { kept } = await mergeIntoUserFile(work, record.path, left);
    notes.push(`removed from ${record.path}${keptText(kept)}`);
  }
  if (path === undefined)
    return { contents: [content], note: notes.join("; ") || undefined };

  const isSame = record?.path === path;
  const { origin, kept } = await mergeIntoUserFile(work, path, {
    wanted,
    asked: spec.currentContext,
    ...(isSame && { ours: before, origin: record }),
  });
  if (kept.length > 0) notes.push(`merged into ${path}${keptText(kept)}`);
  const next: MergeRecord = { path, ...origin };
  return {
    contents: [content, `${JSON.stringify(next, undefined, 2)}\n`],
    note: notes.join("; ") || undefined,
  };
};

/**
 * Clusters and users are named after their context, which is unique among contexts, with a prefix that marks them as
 * ours.
 */
function mergedKubeconfig(spec: MergedKubeconfigSpec): Kubeconfig {
  const parts = spec.contexts.map(({ name, kubeconfig, namespace }) => {
    const single = readSingle(kubeconfig);
    const [context] = single.contexts;
    const own = `cdktf:${name}`;
    const { namespace: usual } = context.context as { namespace?: string };
    const within = namespace ?? usual;
    return {
      cluster: { name: own, cluster: single.clusters[0].cluster },
      context: {
        name,
        context: {
          cluster: own,
          ...(within !== undefined && { namespace: within }),
          user: own,
        },
      },
      user: { name: own, user: single.users[0].user },
    };
  });
  const current = spec.currentContext ?? parts[0]?.context.name;
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: parts.map(({ cluster }) => cluster),
    contexts: parts.map(({ context }) => context),
    ...(current !== undefined && { "current-context": current }),
    users: parts.map(({ user }) => user),
  };
}

/** Reads a kubeconfig with one cluster, one user and one context, as the library writes them. */
function readSingle(file: string): Kubeconfig {
  const text = readIfThere(file)?.toString();
  if (text === undefined) throw kubeconfigUnfinished(file);
  const config = expecting(
    () => readYaml(text, KUBECONFIG),
    (problem) => unusableKubeconfig(file, problem),
  );
  for (const list of LIST_NAMES)
    if (config[list].length === 0)
      throw unusableKubeconfig(file, `its ${list} are empty`);
  const named: Fields = {
    ...(config.clusters[0].cluster as Fields),
    ...(config.users[0].user as Fields),
  };
  for (const field of PATHS) {
    const value = named[field];
    if (typeof value === "string" && !isAbsolute(value))
      throw relativeInKubeconfig(file, field, value);
  }
  return config;
}

/** Fields that hold a path. */
const PATHS = [
  "certificate-authority",
  "client-certificate",
  "client-key",
  "tokenFile",
];
