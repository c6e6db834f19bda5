import { StatusError, UnknownKindError, UnreachableError } from "./errors";

/** `undefined` for what isn't there. */
export async function absentIsFine<T>(
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error, 404) || error instanceof UnknownKindError)
      return undefined;
    throw error;
  }
}

export const isRefusal = (
  error: unknown,
  ...statuses: number[]
): error is StatusError =>
  error instanceof StatusError && statuses.includes(error.refusal.status);

/** An API server that starts or is overrun, an etcd that elects a leader, a webhook whose pod starts. */
const PASSING =
  /etcdserver: (request timed out|leader changed|no leader|too many requests|not capable)|not yet ready to handle request|failed calling webhook|connection refused|context deadline exceeded/;

/** Whether a request that failed this way may succeed a moment later. */
export function passes(error: unknown): boolean {
  return (
    error instanceof UnreachableError ||
    isRefusal(error, 429, 503, 504) ||
    (isRefusal(error, 403, 500) && PASSING.test(error.refusal.said))
  );
}

/** Whether a request that failed this way surely changed nothing. */
export function wasNotTaken(error: unknown): boolean {
  return error instanceof UnreachableError
    ? error.unsent
    : isRefusal(error, 429, 503);
}
