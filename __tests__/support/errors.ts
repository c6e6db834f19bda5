/** What an error says, all of it. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

/** What was given, what is allowed, what to do. */
export function expectHelpful(
  message: string,
  ...parts: readonly string[]
): void {
  for (const part of parts) expect(message).toContain(part);
  expect(message).toMatch(/\. .*\. .*[.?]$/);
  expect(message).not.toContain("TfToken");
  expect(message).not.toContain("undefined");
}
