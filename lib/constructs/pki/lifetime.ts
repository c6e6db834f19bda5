import type { Lifetime } from "../../render/certificate";
import { LONGEST_HOURS } from "../../catalog/go-duration";
import { Duration } from "../duration";
import {
  renewalTooEarly,
  validityBeyondAuthority,
  validityTooLong,
  validityTooShort,
} from "./lifetime-errors";
import { KeyAlgorithm } from "./key-algorithm";

/** The defaults of kubeadm. */
export const CERTIFICATE_VALIDITY = Duration.days(365);
export const AUTHORITY_VALIDITY = Duration.days(3650);

/** Certificates are backdated by a few minutes, so one with a shorter validity would be due as soon as it is made. */
const SHORTEST = Duration.hours(1);
/**
 * The longest duration in Go, so that kubeadm can read it. It also ends before the year 9999, the last that X.509
 * allows.
 */
const LONGEST = Duration.hours(LONGEST_HOURS);

interface LifetimeProps {
  readonly keyAlgorithm?: KeyAlgorithm;
  readonly validity?: Duration;
  readonly renewBefore?: Duration;
}

export function authorityLifetime(props: LifetimeProps): Lifetime {
  return lifetimeOf(props, AUTHORITY_VALIDITY);
}

/** The lifetime of a certificate. The validity of an imported CA is unknown until apply, so it is not checked here. */
export function certificateLifetime(
  props: LifetimeProps,
  authority: { readonly validity?: Duration },
): Lifetime {
  const lifetime = lifetimeOf(props, CERTIFICATE_VALIDITY);
  if (authority.validity && lifetime.validity > authority.validity.toHours()) {
    throw validityBeyondAuthority(
      String(props.validity ?? CERTIFICATE_VALIDITY),
      String(authority.validity),
    );
  }
  return lifetime;
}

function lifetimeOf(
  { keyAlgorithm = KeyAlgorithm.RSA_2048, validity }: LifetimeProps,
  defaultValidity: Duration,
): Lifetime {
  return {
    keyAlgorithm: keyAlgorithm.name,
    validity: hoursOf(validity ?? defaultValidity),
  };
}

/** The renewal window for the agent. Refuses one that would make a new certificate due at once: each plan would replace it. */
export function renewalOf({
  renewBefore,
  validity = CERTIFICATE_VALIDITY,
}: LifetimeProps): string | undefined {
  if (renewBefore && renewBefore.toHours() >= validity.toHours())
    throw renewalTooEarly(String(renewBefore), String(validity));
  return renewBefore?.toString();
}

export function hoursOf(validity: Duration): number {
  if (validity.toHours() < SHORTEST.toHours())
    throw validityTooShort(String(validity), String(SHORTEST));
  if (validity.toHours() > LONGEST.toHours())
    throw validityTooLong(String(validity), String(LONGEST));
  return validity.toHours();
}
