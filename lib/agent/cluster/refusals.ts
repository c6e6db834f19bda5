import { StatusError, UnknownKindError, UnreachableError } from "./errors";

/** Returns `undefined` instead of failing if the object or its kind does not exist. */
export async function ignoreAbsent<T>(
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

/** Temporary problems: an API server that starts or is overloaded, an etcd that elects a leader, a starting webhook. */
const TEMPORARY =
  /etcdserver: (request timed out|leader changed|no leader|too many requests|not capable)|not yet ready to handle request|failed calling webhook|connection refused|context deadline exceeded/;

/** Whether a failed request may succeed a moment later. */
export function isTemporary(error: unknown): boolean {
  return (
    error instanceof UnreachableError ||
    isRefusal(error, 429, 503, 504) ||
    (isRefusal(error, 403, 500) && TEMPORARY.test(error.refusal.said))
  );
}

/** Whether a failed request certainly changed nothing. */
export function wasNotProcessed(error: unknown): boolean {
  return error instanceof UnreachableError
    ? error.unsent
    : isRefusal(error, 429, 503);
}
