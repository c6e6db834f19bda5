import type { RenewalRequest } from "../request/request";
import { isRenewable } from "../store/artefacts";
import { stampFile } from "../store/bookkeeping";
import { withoutRenewal, withRenewal } from "../store/renewals";
import type { Work } from "../store/work";

/**
 * Records for which certificates a new key was asked, in their stamps: then the next plan holds them. Whoever asks twice
 * gets one new key, and a certificate that waits for a signature has one already.
 */
export async function runRenewal(
  { certificates, takenBack }: RenewalRequest,
  { store, agent }: Work,
): Promise<void> {
  const files = Object.entries(certificates).flatMap(([path, certificate]) => {
    const stamp = store.stamp(path);
    if (!stamp || !isRenewable(stamp) || stamp.pending) return [];
    const kept = withoutRenewal(stamp);
    return [stampFile(path, takenBack ? kept : withRenewal(kept, certificate))];
  });
  await store.write(files, agent);
}
