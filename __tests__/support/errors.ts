/** The error that an action throws. */
export function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("The action did not throw.");
}

export const messageOf = (action: () => unknown): string =>
  errorOf(action).message;

/** Expects an error to say what was given, what is allowed and what to do, and to contain the parts. */
export function expectHelpful(
  message: string,
  ...parts: readonly string[]
): void {
  for (const part of parts) expect(message).toContain(part);
  expect(message).toMatch(/\. .*\. .*[.?]$/);
  expect(message).not.toContain("TfToken");
  expect(message).not.toContain("undefined");
}
