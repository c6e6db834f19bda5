import { waitingForSignatures } from "./errors";
import type { PendingSignature } from "../request/artefact";
import type { Store } from "./store";

export interface Waiting extends PendingSignature {
  readonly purpose: string;
}

/** Fails while something waits, after all that could be made is made. */
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

/** Each once, though copies wait with it. */
export function waitingIn(store: Store): Waiting[] {
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
