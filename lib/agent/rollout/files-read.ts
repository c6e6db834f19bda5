import { namesIn } from "../../catalog/arguments";
import { ENCRYPTION_FLAG, RELOAD_FLAG } from "../../catalog/encryption";

const RELOADS = `--${RELOAD_FLAG}=true`;
const FILE = `--${ENCRYPTION_FLAG}=`;

/**
 * What a command names and reads only when it starts: paths in flags such as `--tls-cert-file=/etc/…`. An API server reads
 * its EncryptionConfiguration again and again if it is told to, so it need not restart for another one.
 */
export const filesReadAtStart = (
  command: readonly string[],
): ReadonlySet<string> =>
  namesIn(
    command.includes(RELOADS)
      ? command.filter((word) => !word.startsWith(FILE))
      : command,
  );

/** The text of a unit without the words that name files which the program reads again and again. */
export const withoutReloadedFiles = (text: string): string =>
  text.includes(RELOADS) ? text.replaceAll(FILE_WORD, "") : text;

const FILE_WORD = new RegExp(`${FILE}[^\\s"]+`, "g");
