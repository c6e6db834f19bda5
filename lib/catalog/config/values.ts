import { frozen } from "../frozen";
import { goDurationSeconds, isGoDuration } from "../go-duration";
import type { DataKind } from "./fields";

/** A field whose type allows more values than its component accepts. */
export interface ValueRule {
  /** Its path in the document, without lists. */
  readonly field: string;
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

const between = (field: string, least: number, most = Infinity): ValueRule => ({
  field,
  allowed:
    most === Infinity
      ? `${least} or more`
      : `a number from ${least} to ${most}`,
  accepts: (value) =>
    typeof value === "number" && value >= least && value <= most,
});

const oneOf = (field: string, ...values: readonly string[]): ValueRule => ({
  field,
  allowed: `one of ${values.join(", ")}`,
  accepts: (value) => value === "" || values.includes(value as string),
});

const notNegative = (field: string): ValueRule => ({
  field,
  allowed: "a duration that is not negative",
  accepts: (value) =>
    typeof value !== "string" ||
    !isGoDuration(value) ||
    goDurationSeconds(value) >= 0,
});

const port = (field: string, least = 1) => between(field, least, 65_535);

/**
 * The limits of fields. A component does not start with any other value.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/kubelet/apis/config/validation/validation.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/apis/config/validation/validation.go
 */
export const VALUES: Readonly<Partial<Record<DataKind, readonly ValueRule[]>>> =
  frozen({
    KubeletConfiguration: [
      oneOf("cgroupDriver", "cgroupfs", "systemd"),
      between("containerLogMaxFiles", 2),
      between("containerLogMaxWorkers", 1),
      oneOf("cpuManagerPolicy", "none", "static"),
      between("eventBurst", 0),
      between("eventRecordQPS", 0),
      oneOf("hairpinMode", "hairpin-veth", "promiscuous-bridge", "none"),
      port("healthzPort", 0),
      between("imageGCHighThresholdPercent", 0, 100),
      between("imageGCLowThresholdPercent", 0, 100),
      between("kubeAPIBurst", 0),
      between("kubeAPIQPS", 0),
      between("maxOpenFiles", 0),
      between("maxParallelImagePulls", 1),
      between("maxPods", 0),
      oneOf("memoryManagerPolicy", "None", "Static"),
      between("nodeLeaseDurationSeconds", 1),
      between("nodeStatusMaxImages", -1),
      between("oomScoreAdj", -1000, 1000),
      between("podPidsLimit", -1),
      between("podsPerCore", 0),
      port("port"),
      port("readOnlyPort", 0),
      between("registryBurst", 0),
      between("registryPullQPS", 0),
      oneOf(
        "topologyManagerPolicy",
        "none",
        "best-effort",
        "restricted",
        "single-numa-node",
      ),
      oneOf("topologyManagerScope", "container", "pod"),
      notNegative("shutdownGracePeriod"),
      notNegative("syncFrequency"),
    ],
    KubeProxyConfiguration: [
      oneOf("mode", "iptables", "ipvs", "nftables", "kernelspace"),
      between("oomScoreAdj", -1000, 1000),
      notNegative("configSyncPeriod"),
    ],
  });
