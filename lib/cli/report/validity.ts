import { compact } from "../../base/compact";
import { count } from "../output";
import { enumerated } from "../text";
import type { InspectedStore, InspectedToken } from "./inspected";

/** A moment, and the certificates and tokens to which something happens on the same day. */
export interface NextDate {
  readonly time: string;
  /** `37 certificates`, or the purpose of the only one. */
  readonly what: string;
}

type Dated = Pick<InspectedToken, "notAfter" | "renewal" | "purpose"> & {
  readonly isToken: boolean;
};

type Validities = Pick<InspectedStore, "certificates" | "tokens">;

/** What expires next, without what a kubelet renews itself, and what has expired already. */
export const nextExpiry = (store: Validities, now: Date) =>
  earliest(
    datedIn(store).filter(
      ({ notAfter }) => notAfter !== undefined && new Date(notAfter) > now,
    ),
    ({ notAfter = "" }) => notAfter,
  );

/** What a deploy renews next. The time is in the past if it is due. */
export const nextRenewal = (store: Validities) =>
  earliest(
    datedIn(store).filter(({ renewal }) => renewal !== undefined),
    ({ renewal = "" }) => renewal,
  );

const datedIn = ({ certificates, tokens }: Validities): Dated[] => [
  ...certificates
    .filter(({ renewedBy }) => renewedBy !== "kubelet")
    .map((one) => ({ ...one, isToken: false })),
  ...tokens.map((one) => ({ ...one, isToken: true })),
];

function earliest(
  all: readonly Dated[],
  timeOf: (one: Dated) => string,
): NextDate | undefined {
  const sorted = [...all].sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  if (sorted.length === 0) return undefined;
  const time = timeOf(sorted[0]);
  const same = sorted.filter((one) => day(timeOf(one)) === day(time));
  return { time, what: inWords(same) };
}

function inWords(some: readonly Dated[]): string {
  if (some.length === 1) return some[0].purpose;
  const tokens = some.filter(({ isToken }) => isToken).length;
  const others = some.length - tokens;
  return enumerated(
    compact(
      others > 0 && count(others, "certificate"),
      tokens > 0 && count(tokens, "token"),
    ),
  );
}

/** `2026-01-31` of an RFC 3339 time. */
export const day = (time: string): string => time.slice(0, 10);
