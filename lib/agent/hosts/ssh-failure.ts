import { LIMITS } from "../../base/limits";

/** Why ssh didn't connect: `again` is what passes while a host boots. */
export interface SshFailure {
  readonly kind:
    | "again"
    | "unknown-host"
    | "permission-denied"
    | "host-key"
    | "no-ssh"
    | "ssh";
  /** The lines that say so. */
  readonly said: string;
}

/** The first that a line matches decides, so what explains comes before what follows from it. */
const KINDS: readonly (readonly [SshFailure["kind"], RegExp])[] = [
  ["no-ssh", /ssh: (command )?not found$/],
  [
    "host-key",
    /^Host key for .* has changed|host key is known for .* and you have requested strict checking/,
  ],
  ["host-key", /^Host key verification failed/],
  // While a system boots, pam_nologin keeps all but root out.
  ["again", /^"?System is booting up|Temporary failure in name resolution/],
  [
    "permission-denied",
    /: Permission denied \(|: Too many authentication failures/,
  ],
  [
    "unknown-host",
    /Could not resolve hostname|open failed: connect failed: .*(not known|No address)/,
  ],
  [
    "ssh",
    /open failed: administratively prohibited|Bad configuration option|Unable to negotiate/,
  ],
  [
    "again",
    /^ssh: connect to host|open failed: connect failed|[Tt]imed out|Connection (reset|refused|closed|aborted)|closed by remote host|No route to host|is unreachable|Host is down|Broken pipe/,
  ],
  ["again", /^stdio forwarding failed|^kex_exchange_identification/],
];

/** Why a key was not tried, which explains that nobody was let in. */
const KEY_TROUBLE =
  /^Load key|^Permissions \d+ for|^no such identity|^sign_and_send_pubkey/;
const NOISE = /^Warning: Permanently added|^@|^\s*$/;
/** What follows when the way through a jump host ends. */
const ECHO = /UNKNOWN port 65535|^kex_exchange_identification/;

export function readSshFailure(stderr: string): SshFailure {
  const lines = linesOf(stderr).filter((line) => !NOISE.test(line));
  const telling = lines.filter((line) => !ECHO.test(line));
  const candidates = telling.length > 0 ? telling : lines;
  for (const [kind, pattern] of KINDS) {
    const line = candidates.findLast((candidate) => pattern.test(candidate));
    if (line === undefined) continue;
    const trouble =
      kind === "permission-denied"
        ? lines.filter((each) => KEY_TROUBLE.test(each))
        : [];
    const said = [...trouble, line].join("; ").replace(/^ssh: /, "");
    return { kind, said };
  }
  return { kind: "ssh", said: lastLine(stderr) || "nothing" };
}

/** Of what a program says last, what is meant for people. */
export const lastLine = (text: string): string =>
  linesOf(text).findLast((line) => !NOISE.test(line)) ?? "";

/** All that a script says of why it fails; of much, the end. */
export const lastLines = (text: string): string =>
  linesOf(text)
    .filter((line) => line !== "")
    .slice(-LAST)
    .join("; ");

const LAST = 5;

/** The end of each line of a banner that is too long explains nothing, and the banner is the host's. */
const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => line.trim().slice(0, LIMITS.saidLine));
