/**
 * Every error that a program can meet at synthesis: what was given, what is allowed, what to do.
 */

const error = (what: string, allowed: string, todo: string) => new Error(`${what} ${allowed} ${todo}`);

export const invalidDuration = (given: string) =>
  error(
    `"${given}" is not a duration.`,
    "Allowed is more than zero, as Go writes it: 8760h, 90m, 8760h0m0s.",
    "Write Duration.days(365), for example.",
  );

export const unknownKeyAlgorithm = (given: string, allowed: readonly string[]) =>
  error(`"${given}" is not a key algorithm.`, `Allowed: ${allowed.join(", ")}.`, "Choose one of them.");
