import { isIP } from "node:net";
import { hasToken } from "../../terraform/expression";
import { isPort } from "../hosts";
import { invalidPort } from "../errors";
import * as errors from "./node-errors";
import type { SshProps } from "./ssh-props";

/**
 * Throws if a prop is not valid. All of them become arguments of ssh, so none may look like an option or contain
 * spaces.
 */
export function validateSsh(props: SshProps): void {
  const { host, user, port, identityFile, jumpHost, hostKey } = props;
  if (!hasToken(host) && !isHost(host)) throw errors.invalidSshHost(host);
  if (user !== undefined && !hasToken(user) && !isUser(user))
    throw errors.invalidSshUser(user);
  if (port !== undefined && !isPort(port))
    throw invalidPort("the SSH port", port);
  if (identityFile !== undefined && /^$|^-|\p{Cc}/u.test(identityFile))
    throw errors.invalidIdentityFile(identityFile);
  if (jumpHost !== undefined && !hasToken(jumpHost) && !isJumpHost(jumpHost))
    throw errors.invalidJumpHost(jumpHost);
  if (hostKey !== undefined && !hasToken(hostKey) && !isHostKey(hostKey))
    throw errors.invalidHostKey(hostKey);
}

const isHost = (host: string): boolean =>
  isIP(host) !== 0 || /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(host);

const isUser = (user: string): boolean =>
  user !== "" && !/^-|[\s\p{Cc}'"`$;&|<>()]/u.test(user);

function isJumpHost(jumpHost: string): boolean {
  const [, user, bracketed, plain, port] =
    /^(?:(.*)@)?(?:\[([^\]]*)\]|([^:@]*))(?::(\d+))?$/.exec(jumpHost) ?? [];
  const host =
    bracketed === undefined ? isHost(plain ?? "") : isIP(bracketed) === 6;
  return (
    host &&
    (user === undefined || isUser(user)) &&
    (port === undefined || isPort(Number(port)))
  );
}

const HOST_KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]{40,}={0,2})(?:\s.*)?$/;

/** Whether a text is a public key. The data begin with the type, so a truncated or mixed-up key is detected. */
function isHostKey(text: string): boolean {
  const [, type, data] = HOST_KEY.exec(text.trim()) ?? [];
  if (type === undefined) return false;
  const bytes = Buffer.from(data, "base64");
  return (
    bytes.readUInt32BE() === type.length &&
    bytes.toString("latin1", 4, 4 + type.length) === type
  );
}

/** The key without the comment that key files have at the end. */
export const hostKeyOf = (text: string): string =>
  hasToken(text) ? text : text.trim().split(/\s+/, 2).join(" ");
