import type { ApiProxySpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { kubeconfigUnfinished } from "../kubeconfig/errors";
import { readIfThere } from "../../base/files";
import { startProxy } from "../processes/proxy";
import type { Maker } from "./maker";
import { fromYaml } from "../../base/yaml";

/** Starts the proxy. The artefact's file records what runs, so that a check can compare it, and destroy can stop it. */
export const makeApiProxy: Maker = async ({ path, spec }, { work }) => {
  const wanted = fromYaml(spec) as ApiProxySpec;
  if (!readIfThere(wanted.kubeconfig))
    throw kubeconfigUnfinished(wanted.kubeconfig);
  return { contents: [toYaml(await startProxy(path, wanted, work))] };
};
