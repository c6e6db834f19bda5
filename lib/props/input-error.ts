/** An error about what a program gives. Its message says what is wrong, what is allowed, and what to do. */
export class InputError extends Error {
  /** Always `InputError`. */
  declare readonly name: string;
  /** What to do. */
  declare readonly remedy: string;
  /** The prop that is wrong, such as `nodes[0].access`. Absent if the error is about something else. */
  declare readonly prop?: string;

  /** @internal */
  constructor(what: string, allowed: string, remedy: string, prop?: string) {
    super(`${what} ${allowed} ${remedy}`);
    // Not enumerable, because Node.js prints the enumerable fields of an error after its message.
    Object.defineProperties(this, {
      name: { value: "InputError" },
      remedy: { value: remedy },
      prop: { value: prop },
    });
  }
}
