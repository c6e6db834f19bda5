import { X509Certificate } from "node:crypto";
import { load } from "js-yaml";
import { runRenewal } from "../../../lib/agent/run-renewal";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import type { Stamp } from "../../../lib/request/artefact";
import type { Workplace } from "./workplace";

/** Asks for new keys, or takes that back, in this process. */
export const ask = (
  place: Workplace,
  certificates: Readonly<Record<string, string>>,
  takenBack = false,
): Promise<void> =>
  runRenewal(
    {
      action: "renewal",
      store: "",
      stack: "demo",
      certificates,
      takenBack,
    },
    {
      store: place.store,
      agent: "test-1",
      now: new Date(SYSTEM_CLOCK.now()),
      clock: SYSTEM_CLOCK,
      say: () => undefined,
    },
  );

export const stampOf = (place: Workplace, path: string): Stamp =>
  JSON.parse(place.read(`.stamps/${path}.json`)) as Stamp;

/** The certificate in a file, or in a kubeconfig. */
export function certificateIn(place: Workplace, path: string): X509Certificate {
  const text = place.read(path);
  if (!path.endsWith(".conf")) return new X509Certificate(text);
  const { users } = load(text) as {
    users: { user: Record<string, string> }[];
  };
  return new X509Certificate(
    Buffer.from(users[0].user["client-certificate-data"], "base64"),
  );
}

export const fingerprintOf = (place: Workplace, path: string): string =>
  certificateIn(place, path).fingerprint256;
