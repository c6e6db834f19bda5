import { compact } from "../../base/compact";
import { PACKAGED_BINARIES } from "../../catalog/paths";
import * as found from "./errors";
import type { Found } from "./errors";
import type { BinaryFacts } from "../hosts/binary-facts";
import type { HostFacts } from "../hosts/facts";
import { kubernetesVersionIn } from "../hosts/program-version";
import { CGROUPS_2_SINCE, minorOf, SKEWS } from "../../catalog/skew";
import { nameOf } from "./binaries";

export interface KubeletNeeds {
  readonly kubernetesVersion: string;
  /** The relevant fields of the KubeletConfiguration. */
  readonly kubelet: {
    readonly failSwapOn?: boolean;
    readonly failCgroupV1?: boolean;
  };
}

/** Reasons why kubelet would not run, or not with this cluster. */
export function kubeletFindings(
  facts: HostFacts,
  binaries: readonly BinaryFacts[],
  cluster: KubeletNeeds,
): Found[] {
  const { kubelet, swap, cgroups, systemd } = facts;
  const { failSwapOn = true, failCgroupV1 = true } = cluster.kubelet;
  // If the rollout delivers kubelet and its unit, a packaged kubelet does not matter.
  const own = binaries.find(({ path }) => nameOf(path) === "kubelet");
  const minor = minorOf(
    own ? kubernetesVersionIn(own.versionOutput ?? "") : kubelet.version,
  );
  return [
    ...(own
      ? compact(!systemd && found.noSystemd())
      : programFindings(facts, cluster.kubernetesVersion)),
    ...compact(
      swap.length > 0 && failSwapOn && found.swapOn(swap),
      cgroups === 1 &&
        failCgroupV1 &&
        minor >= CGROUPS_2_SINCE &&
        found.oldCgroups(),
    ),
  ];
}

function programFindings(
  { systemd, kubelet }: HostFacts,
  kubernetesVersion: string,
): Found[] {
  const wanted = minorOf(kubernetesVersion);
  const { path, unit, version, failure, flaw } = kubelet;
  if (path === undefined)
    return compact(
      !systemd && found.noSystemd(),
      found.kubeletMissing(`v1.${wanted}`),
    );
  const unitFinding = !systemd
    ? found.noSystemd()
    : unit === "masked"
      ? found.kubeletMasked()
      : unit === "not-found"
        ? found.kubeletUnitMissing(path, `v1.${wanted}`)
        : path !== PACKAGED_BINARIES.kubelet &&
          found.kubeletElsewhere(path, PACKAGED_BINARIES.kubelet);
  if (flaw !== undefined)
    return compact(
      unitFinding,
      found.redirectablePath(flaw.problem, [path], flaw.remedy),
    );
  if (version === undefined)
    return compact(unitFinding, found.kubeletBroken(path, failure ?? ""));
  const minor = minorOf(version);
  const oldest = wanted - SKEWS.kubelet.older;
  return compact(
    unitFinding,
    minor > wanted && found.kubeletNewer(version, kubernetesVersion),
    minor < oldest &&
      found.kubeletOlder(version, kubernetesVersion, `v1.${oldest}`),
  );
}
