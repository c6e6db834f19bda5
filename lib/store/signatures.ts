import { type WaitingCertificate, waitingForSignatures } from "./errors";
import type { Store } from "./store";

/** Fails while a certificate waits for a signature. It runs after everything that can be made was made. */
export function checkSignatures(store: Store): void {
  const waiting = waitingIn(store);
  if (waiting.length === 0) return;
  throw waitingForSignatures(
    waiting.map((one) => ({
      ...one,
      request: store.shown(one.request),
      certificate: store.shown(one.certificate),
    })),
  );
}

/** The certificates that wait for a signature, each once: the stamps of copies say the same as the original's. */
export function waitingIn(store: Store): WaitingCertificate[] {
  const stamps = [...store.stamps().values()];
  const copiesFirst = stamps.sort(
    (a, b) => Number(b.kind === "copy") - Number(a.kind === "copy"),
  );
  const waiting = copiesFirst.flatMap(({ purpose, pending }) =>
    pending ? [{ purpose, ...pending }] : [],
  );
  return [...new Map(waiting.map((one) => [one.request, one])).values()];
}
