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
  const all = [...store.stamps().values()].flatMap(
    ({ kind, purpose, pending }) =>
      pending ? [{ kind, waiting: { purpose, ...pending } }] : [],
  );
  const ofCopies = all.filter(({ kind }) => kind === "copy");
  const own = all.filter(({ kind }) => kind !== "copy");
  return [
    ...new Map(
      [...ofCopies, ...own].map(({ waiting }) => [waiting.request, waiting]),
    ).values(),
  ];
}
