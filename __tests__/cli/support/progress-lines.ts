/** A line that says what goes on, or how long all of it took. */
const PROGRESS = /^((?!Warning: |Error: ).*…|(Done in|Failed after) .*)\n/gm;

/** The warnings and errors that a command printed to standard error. */
export const withoutProgress = (stderr: string): string =>
  stderr.replace(PROGRESS, "");

/** The lines that say what goes on, in order. */
export const progressIn = (stderr: string): string[] =>
  [...stderr.matchAll(PROGRESS)].map(([line]) => line.trimEnd());
