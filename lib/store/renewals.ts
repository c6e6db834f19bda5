import type { Stamp } from "../request/artefact";

/** The stamp of an artefact whose certificate, which has this fingerprint, is to be replaced. */
export const withRenewal = (stamp: Stamp, certificate: string): Stamp => ({
  ...stamp,
  sha256: "renewal",
  renewal: { certificate, sha256: stamp.sha256 },
});

/** The stamp without the renewal that was asked for. */
export function withoutRenewal({ renewal, ...stamp }: Stamp): Stamp {
  return renewal ? { ...stamp, sha256: renewal.sha256 } : stamp;
}

/** The hashes of an artefact's files when they were made. */
export const recordedHashes = (stamp: Stamp): string[] =>
  withoutRenewal(stamp).sha256.split(" ");
