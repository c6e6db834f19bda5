import type { ApiProxySpec } from "../render/specs";
import { toYaml } from "../render/yaml";
import { kubeconfigUnfinished } from "./errors-kubeconfig";
import { readIfThere } from "./files";
import { startProxy } from "./local/proxy";
import type { Maker } from "./maker";
import { fromYaml } from "./yaml";

/** Its file says what runs, so that a check can tell, and destroy ends it. */
export const makeApiProxy: Maker = async ({ path, spec }, { work }) => {
  const wanted = fromYaml(spec) as ApiProxySpec;
  if (!readIfThere(wanted.kubeconfig))
    throw kubeconfigUnfinished(wanted.kubeconfig);
  return { contents: [toYaml(await startProxy(path, wanted, work))] };
};
