/** A unit of systemd: sections, in each of which a name may stand more than once. */
export type UnitText = Readonly<Record<string, readonly Setting[]>>;

export type Setting = readonly [name: string, value: string];

/** How texts get into a unit as data, whatever is in them. */
export interface UnitQuote {
  /** A word of a command. */
  word(text: string): string;
  /** The value of `Environment=`. */
  variable(name: string, value: string): string;
  /** A word of a variable that a file of `EnvironmentFile=` sets, within double quotes. */
  fileVariableWord(text: string): string;
}

/**
 * As systemd reads it.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
 */
export const unitFile = (unit: UnitText): string =>
  Object.entries(unit)
    .map(([section, settings]) =>
      [
        `[${section}]`,
        ...settings.map(([name, value]) => `${name}=${value}`),
        "",
      ].join("\n"),
    )
    .join("\n");

/** One word a line, so that a plan shows which flag changes. */
export const commandLine = (words: readonly string[]): string =>
  words.join(" \\\n  ");

/**
 * A word of a command, whatever is in it: systemd would take `%` for a specifier, `$` for a variable.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
 */
export const unitWord = (word: string): string =>
  /^[\w@+=:,./-]+$/.test(word) ? word : quoted(word).replaceAll("$", "$$$$");

/** `NAME=value` of `Environment=`, where `$` means nothing. */
export const unitVariable = (name: string, value: string): string =>
  quoted(`${name}=${value}`);

/**
 * A word of a variable in a file of `EnvironmentFile=`, within double quotes, that a command has as `$NAME`. systemd takes
 * quotes and backslashes away twice: when it reads the file, and when it splits the variable at blanks and line breaks.
 * Everything else, `$` and `%` among it, means itself.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
 */
export const fileVariableWord = (word: string): string =>
  word.replace(/[ \t\n"'\\]/g, "\\$&").replace(/["\\]/g, "\\$&");

/** JSON's escapes are among systemd's. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll("%", "%%");
