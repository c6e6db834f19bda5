/** A systemd unit: its sections with their settings. A name may be repeated within a section. */
export type UnitText = Readonly<Record<string, readonly Setting[]>>;

export type Setting = readonly [name: string, value: string];

/** Quotes texts for a unit, so that they stay data, whatever they contain. */
export interface UnitQuote {
  /** Quotes a word of a command. */
  word(text: string): string;
  /** Quotes the value of `Environment=`. */
  variable(name: string, value: string): string;
  /** Escapes a word inside a double-quoted variable in a file for `EnvironmentFile=`. */
  fileVariableWord(text: string): string;
}

/**
 * The text of a unit file.
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

/** A command with one word per line, so that a plan shows which flag changes. */
export const commandLine = (words: readonly string[]): string =>
  words.join(" \\\n  ");

/**
 * Quotes a word of a command. Otherwise systemd would treat `%` as a specifier, and `$` as a variable.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
 */
export const unitWord = (word: string): string =>
  /^[\w@+=:,./-]+$/.test(word) ? word : quoted(word).replaceAll("$", "$$$$");

/** Quotes `NAME=value` for `Environment=`, in which `$` has no meaning. */
export const unitVariable = (name: string, value: string): string =>
  quoted(`${name}=${value}`);

/**
 * Escapes a word inside a double-quoted variable in a file for `EnvironmentFile=`, if a command uses the variable as
 * `$NAME`. systemd removes quotes and backslashes twice: when it reads the file, and when it splits the variable at blanks
 * and line breaks. All other characters, including `$` and `%`, stay as they are.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
 */
export const fileVariableWord = (word: string): string =>
  word.replace(/[ \t\n"'\\]/g, "\\$&").replace(/["\\]/g, "\\$&");

/** Quotes a text as in JSON, whose escapes systemd understands. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll("%", "%%");
