import { LIMITS } from "../../base/limits";

/** Why ssh failed to connect. `retry`: the problem may pass while a host boots. */
export interface SshFailure {
  readonly kind:
    | "retry"
    | "unknown-host"
    | "permission-denied"
    | "host-key"
    | "no-ssh"
    | "ssh";
  /** The lines of ssh that explain it. */
  readonly said: string;
}

/** The first pattern that matches a line decides. So patterns for causes come before those for consequences. */
const KINDS: readonly (readonly [SshFailure["kind"], RegExp])[] = [
  ["no-ssh", /ssh: (command )?not found$/],
  [
    "host-key",
    /^Host key for .* has changed|host key is known for .* and you have requested strict checking/,
  ],
  ["host-key", /^Host key verification failed/],
  // While a system boots, pam_nologin admits only root.
  ["retry", /^"?System is booting up|Temporary failure in name resolution/],
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
    "retry",
    /^ssh: connect to host|open failed: connect failed|[Tt]imed out|Connection (reset|refused|closed|aborted)|closed by remote host|No route to host|is unreachable|Host is down|Broken pipe/,
  ],
  ["retry", /^stdio forwarding failed|^kex_exchange_identification/],
];

/** Why a key was not tried, which may explain why permission was denied. */
const KEY_TROUBLE =
  /^Load key|^Permissions \d+ for|^no such identity|^sign_and_send_pubkey/;
const NOISE = /^Warning: Permanently added|^@|^\s*$/;
/** Follow-up messages after the connection through a jump host has ended. */
const CONSEQUENCE = /UNKNOWN port 65535|^kex_exchange_identification/;

export function readSshFailure(stderr: string): SshFailure {
  const lines = linesOf(stderr).filter((line) => !NOISE.test(line));
  const causes = lines.filter((line) => !CONSEQUENCE.test(line));
  const candidates = causes.length > 0 ? causes : lines;
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

/** The last line of a program's output that is useful for people. */
export const lastLine = (text: string): string =>
  linesOf(text).findLast((line) => !NOISE.test(line)) ?? "";

/** The last lines of a failed script's output. */
export const lastLines = (text: string): string =>
  linesOf(text)
    .filter((line) => line !== "")
    .slice(-LAST)
    .join("; ");

const LAST = 5;

/** Lines are shortened, because the host may send a banner with very long ones. */
const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => line.trim().slice(0, LIMITS.outputLine));
