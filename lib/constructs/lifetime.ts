import type { Lifetime } from "../render/certificate";
import { Duration } from "./duration";
import { validityTooShort } from "./errors";
import { KeyAlgorithm } from "./key-algorithm";

/** kubeadm's defaults. */
export const CERTIFICATE_VALIDITY = Duration.days(365);
export const AUTHORITY_VALIDITY = Duration.days(3650);

/** A certificate is valid from a few minutes before it is made: a shorter one would be due when it is new. */
const SHORTEST = Duration.hours(1);

interface LifetimeProps {
  readonly keyAlgorithm?: KeyAlgorithm;
  readonly validity?: Duration;
}

export function lifetimeOf(
  { keyAlgorithm = KeyAlgorithm.RSA_2048, validity }: LifetimeProps,
  usual: Duration = CERTIFICATE_VALIDITY,
): Lifetime {
  return {
    keyAlgorithm: keyAlgorithm.name,
    validity: hoursOf(validity ?? usual),
  };
}

export function hoursOf(validity: Duration): number {
  if (validity.toHours() < SHORTEST.toHours())
    throw validityTooShort(String(validity), String(SHORTEST));
  return validity.toHours();
}
