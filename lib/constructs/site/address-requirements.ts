import { isIP } from "node:net";
import { SPECIAL_USES, type SpecialUse } from "../../catalog/addresses";
import type { Address } from "../../catalog/site";
import type { Requirement } from "../../terraform/requirement";
import { invalidAddress, invalidEndpoint, specialAddress } from "../errors";
import { ADDRESS, HOST, WITH_COLON, WITHOUT_COLON } from "../patterns";
import { invalidVirtualIp } from "./endpoint-errors";

/** @param what The address, such as `the address of node cp-1`. */
export const isAddress = (what: string, value: string): Requirement => ({
  value,
  patterns: [ADDRESS],
  error: (given) => invalidAddress(what, given),
});

/** Requires that other hosts can reach the address. @param except Special uses that are allowed nevertheless. */
export const isReachable = (
  what: string,
  value: string,
  except: readonly SpecialUse[] = [],
): Requirement[] =>
  (Object.keys(SPECIAL_USES) as SpecialUse[])
    .filter((use) => !except.includes(use))
    .map((use) =>
      isNot(use, value, (given) => specialAddress(what, given, use)),
    );

export const isNot = (
  use: SpecialUse,
  value: string,
  error: Requirement["error"],
): Requirement => ({ value, outside: SPECIAL_USES[use], error });

/** Requires that the address is of the same IP family as another one, which is a literal. */
export const isOfFamily = (
  { host }: Address,
  value: string,
  error: Requirement["error"],
): Requirement => ({
  value,
  patterns: [isIP(host) === 4 ? WITHOUT_COLON : WITH_COLON],
  error,
});

/** @param endpoint `host:port`, as the program has it. */
export const endpointRequirements = (
  endpoint: string,
  host: string,
): Requirement[] => [
  {
    value: host,
    patterns: HOST,
    error: (given) =>
      invalidEndpoint(endpoint.replace(/^.*(?=:\d+$)/s, () => given)),
  },
  // A load balancer may run on the very machine.
  ...isReachable("endpoint", host, ["loopback"]),
];

export const virtualIpRequirements = (address: string): Requirement[] => [
  { value: address, patterns: [ADDRESS], error: invalidVirtualIp },
  ...isReachable("address of Endpoint.virtualIp", address),
];
