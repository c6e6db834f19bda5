import { gateProblem, gatesIn } from "../../catalog/flags/removed-gates";
import type { Site } from "../../catalog/site";
import { unusableGate } from "./flag-errors";

/** Throws if a feature gate in the value of `--feature-gates` is one with which components of this version do not start. */
export const validateGateFlag = (
  site: Site,
  where: string,
  value: string,
): void =>
  gatesIn(value).forEach(([gate, on]) => validateGate(site, where, gate, on));

/** The same for the feature gates in the configuration of kubelet or kube-proxy. */
export function validateConfiguredGates(
  site: Site,
  where: string,
  { featureGates }: Readonly<Record<string, unknown>>,
): void {
  for (const [gate, on] of Object.entries(featureGates ?? {}))
    if (typeof on === "boolean")
      validateGate(site, `${where}.featureGates`, gate, on);
}

function validateGate(
  { version, allowUnknownFlags }: Site,
  where: string,
  gate: string,
  on: boolean,
): void {
  const problem = allowUnknownFlags
    ? undefined
    : gateProblem(gate, on, version.minor);
  if (problem) throw unusableGate(where, version.text, on, problem);
}
