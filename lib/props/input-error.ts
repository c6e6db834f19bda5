/** The beginning of a message that names a prop: `nodes[0].access is …`, `apiServer.extraArgs["v"] has …`. */
const PROP = /^([a-z]\w*(?:\.\w+|\[[^\]]*\])*)(?= )/;

/** An error about what a program gives. Its message says what is wrong, what is allowed, and what to do. */
export class InputError extends Error {
  /** Always `InputError`. */
  override readonly name = "InputError";

  /** Of a whole text: its first sentence, its last one, and what is between. @internal */
  static ofText(text: string): InputError {
    const [what, ...others] = text.split(/(?<=[.?]) (?=[A-Z])/);
    const remedy = others.pop() ?? "";
    return new InputError(what, others.join(" "), remedy);
  }

  /** @internal */
  constructor(
    /** What is wrong, with the value that was given. */
    readonly what: string,
    /** What is allowed. */
    readonly allowed: string,
    /** What to do. */
    readonly remedy: string,
    /** The prop that is wrong, such as `nodes[0].access`. Absent if the error is about something else. */
    readonly prop: string | undefined = PROP.exec(what)?.[1],
  ) {
    super([what, allowed, remedy].filter(Boolean).join(" "));
  }
}
