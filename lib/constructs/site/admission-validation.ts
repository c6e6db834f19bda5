import { hasToken } from "../../terraform/expression";
import { isDnsName } from "../hosts";
import type { EventLimit, PodSecurityProps } from "./admission";
import * as errors from "./admission-errors";

/**
 * Throws if API servers would not start with the configuration.
 * @see https://github.com/kubernetes/pod-security-admission/blob/v0.36.3/admission/api/validation/validation.go
 */
export function validatePodSecurity(props: PodSecurityProps): void {
  const { enforceVersion, auditVersion, warnVersion } = props;
  const versions = { enforceVersion, auditVersion, warnVersion };
  for (const [name, given] of Object.entries(versions))
    if (given !== undefined && !/^(?:latest|v1\.(?:\d|[1-9]\d*))$/.test(given))
      throw errors.wrongStandardVersion(`admission.podSecurity.${name}`, given);
  const { exemptUsernames, exemptNamespaces, exemptRuntimeClasses } = props;
  const lists = { exemptUsernames, exemptNamespaces, exemptRuntimeClasses };
  for (const [name, given = []] of Object.entries(lists)) {
    const place = `admission.podSecurity.${name}`;
    given.forEach((each, i) => {
      const isName = name === "exemptUsernames" || isDnsName(each);
      if (each === "" || hasToken(each) || !isName)
        throw errors.wrongExemption(`${place}[${i}]`, each);
      if (given.indexOf(each) !== i)
        throw errors.repeatedExemption(place, each);
    });
  }
}

/**
 * Throws if API servers would not start with the limits.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/plugin/pkg/admission/eventratelimit/apis/eventratelimit/validation/validation.go
 */
export function validateEventLimits(limits: readonly EventLimit[]): void {
  if (limits.length === 0) throw errors.noEventLimits();
  limits.forEach(({ qps, burst, cacheSize = 0 }, i) => {
    const place = `admission.eventRateLimit[${i}]`;
    const numbers = [
      ["qps", qps, 1],
      ["burst", burst, 1],
      ["cacheSize", cacheSize, 0],
    ] as const;
    for (const [name, given, least] of numbers)
      if (!Number.isInteger(given) || given < least || given > LARGEST)
        throw errors.wrongEventNumber(`${place}.${name}`, given, least);
  });
}

/** The largest number of 32 bits. */
const LARGEST = 2 ** 31 - 1;
