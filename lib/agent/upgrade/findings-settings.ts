import { gateProblem, gatesIn } from "../../catalog/flags/removed-gates";
import { usersRemovedFlag } from "../../catalog/flags/removed-flags";
import { parseKubernetesVersion } from "../../catalog/versions";
import { compact } from "../../base/compact";
import * as found from "./errors";
import type { UpgradeFinding } from "./errors";
import type { SeenSetting, Upgrade } from "./seen";

const FEATURE_GATES = "feature-gates";

/** Flags and feature gates with which a component of the new version does not start. */
export function settingFindings(
  settings: readonly SeenSetting[],
  { kubernetes }: Upgrade,
): UpgradeFinding[] {
  const version = parseKubernetesVersion(kubernetes);
  if (version === undefined) return [];
  return settings.flatMap(({ node, component, flag, value }) => {
    const removed =
      component === "kube-proxy"
        ? undefined
        : usersRemovedFlag(component, flag, version);
    return [
      ...compact(removed && found.removedFlag(node, component, flag, removed)),
      // etcd has feature gates of its own.
      ...(flag === FEATURE_GATES && component !== "etcd" ? gatesIn(value) : [])
        .flatMap(([gate, on]) => gateProblem(gate, on, version.minor) ?? [])
        .map(({ gate, since, locked }) =>
          found.removedGate(node, component, gate, since, locked),
        ),
    ];
  });
}
