import { waitingForSignatures } from "./errors";
import type { Store } from "./store";

/** Fails while something waits, after all that could be made is made. */
export function checkSignatures(store: Store): void {
  const waiting = [...store.stamps().values()].flatMap(
    ({ purpose, pending }) => (pending ? [{ purpose, pending }] : []),
  );
  const byRequest = new Map(
    waiting.map((one) => [one.pending.request, one]).reverse() as [
      string,
      (typeof waiting)[0],
    ][],
  );
  if (byRequest.size === 0) return;
  throw waitingForSignatures(
    [...byRequest.values()]
      .reverse()
      .map(({ purpose, pending: { request, certificate, reason } }) => ({
        purpose,
        request: store.shown(request),
        certificate: store.shown(certificate),
        reason,
      })),
  );
}
