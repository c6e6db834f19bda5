import type { Lifetime } from "../../render/certificate";
import { Duration } from "../duration";
import { renewalTooEarly, validityBeyondAuthority } from "./lifetime-errors";
import { KeyAlgorithm } from "./key-algorithm";

/** The defaults of kubeadm. */
export const CERTIFICATE_VALIDITY = Duration.days(365);
export const AUTHORITY_VALIDITY = Duration.days(3650);

/** Certificates are backdated by a few minutes, so one with a shorter validity would be due as soon as it is made. */
const SHORTEST = Duration.hours(1);
interface LifetimeProps {
  readonly keyAlgorithm?: KeyAlgorithm;
  readonly validity?: Duration;
  readonly renewBefore?: Duration;
}

/** @param owner To what the props belong, for errors: `CertificateAuthority "ca"`. */
export function authorityLifetime(
  props: LifetimeProps,
  owner: string,
): Lifetime {
  return lifetimeOf(props, AUTHORITY_VALIDITY, owner);
}

/** The lifetime of a certificate. The validity of an imported CA is unknown until apply, so it is not checked here. */
export function certificateLifetime(
  props: LifetimeProps,
  authority: { readonly validity?: Duration },
  owner: string,
): Lifetime {
  const lifetime = lifetimeOf(props, CERTIFICATE_VALIDITY, owner);
  if (authority.validity && lifetime.validity > authority.validity.toHours()) {
    throw validityBeyondAuthority(
      `validity of ${owner}`,
      String(props.validity ?? CERTIFICATE_VALIDITY),
      String(authority.validity),
    );
  }
  return lifetime;
}

function lifetimeOf(
  { keyAlgorithm = KeyAlgorithm.RSA_2048, validity }: LifetimeProps,
  defaultValidity: Duration,
  owner: string,
): Lifetime {
  return {
    keyAlgorithm: keyAlgorithm.name,
    validity: hoursOf(`validity of ${owner}`, validity ?? defaultValidity),
  };
}

/**
 * The renewal window for the agent. Refuses one that is as long as the lifetime: probably one of the two is a mistake.
 * @param what What is renewed, for errors: `kubeconfig of jane`.
 */
export function renewalOf(
  { renewBefore, validity = CERTIFICATE_VALIDITY }: LifetimeProps,
  what: string,
): string | undefined {
  if (renewBefore && renewBefore.toHours() >= validity.toHours())
    throw renewalTooEarly(String(renewBefore), what, String(validity));
  return renewBefore?.toString();
}

/** The hours of a validity. @param what The prop, and to what it belongs. */
export const hoursOf = (what: string, validity: Duration): number =>
  validity.requireWithin(what, SHORTEST).toHours();
