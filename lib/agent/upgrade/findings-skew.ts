import { compact } from "../../base/compact";
import { minorOf, SKEWS } from "../../catalog/skew";
import * as found from "./errors";
import type { UpgradeFinding } from "./errors";
import type { Upgrade } from "./seen";

/** A program of a node whose minor does not suit the API servers of the new version. */
export function skewFindings(
  about: string,
  program: "kubelet" | "kube-proxy",
  version: string,
  { kubernetes }: Upgrade,
): UpgradeFinding[] {
  const wanted = minorOf(kubernetes);
  const oldest = wanted - SKEWS[program].older;
  const minor = minorOf(version);
  return compact(
    minor < oldest &&
      found.tooOld(about, program, version, kubernetes, `v1.${oldest}`),
    minor > wanted && found.tooNew(about, program, version, kubernetes),
  );
}
