import { frozen } from "../frozen";
import type { FlagsTest, HardeningCheck } from "./check";
import { CONTROL_PLANE_CHECKS } from "./checks-control-plane";
import { CONFIGURATION_CHECKS, ETCD_CHECKS, NODE_CHECKS } from "./checks-nodes";

/** The edition of the benchmark whose checks these are, as kube-bench names its profile. */
export const BENCHMARK = "cis-1.12";

/**
 * The checks of the CIS benchmark for Kubernetes, sections 1 to 4, with its numbers, in words of this library.
 * @see https://www.cisecurity.org/benchmark/kubernetes
 * @see https://github.com/aquasecurity/kube-bench/tree/a73ce378418c71c5861e6963753f50dec3badadf/cfg/cis-1.12
 */
export const CHECKS: readonly HardeningCheck[] = frozen([
  ...CONTROL_PLANE_CHECKS,
  ...ETCD_CHECKS,
  ...CONFIGURATION_CHECKS,
  ...NODE_CHECKS,
]);

/** A check of flags. */
export type FlagsCheck = HardeningCheck & { readonly test: FlagsTest };

export const FLAG_CHECKS: readonly FlagsCheck[] = frozen(
  CHECKS.filter((check): check is FlagsCheck => check.test.on === "flags"),
);

export const checkRow = (id: string): HardeningCheck =>
  CHECKS.find((row) => row.id === id)!;
