import { InputError } from "../../../lib";

/** What is made of any input: a result, or an error that says what to do. */
export function endsWell(make: () => unknown): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/\. .*[.?]$/s);
  }
}
