import { frozen } from "./frozen";

/**
 * The feature gates of kubeadm, each with the last minor version that has it.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/features/features.go
 */
const GATES: Readonly<Record<string, { readonly until: number }>> = frozen({
  ControlPlaneKubeletLocalMode: { until: 35 },
  NodeLocalCRISocket: { until: 36 },
  PublicKeysECDSA: { until: 36 },
  RootlessControlPlane: { until: 37 },
  WaitForAllControlPlaneComponents: { until: 34 },
});

export function featureGatesOf(minor: number): string[] {
  return Object.keys(GATES).filter((gate) => minor <= GATES[gate].until);
}
