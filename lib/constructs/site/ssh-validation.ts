import { isIP } from "node:net";
import { hasToken } from "../../terraform/expression";
import { isPort } from "../hosts";
import { invalidPort } from "../errors";
import * as errors from "./node-errors";
import type { SshProps } from "./ssh-props";

/** What could be taken for an option, or for more than one word, is refused: ssh is given all of it as arguments. */
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

/** The key says its own type first, so that one that was cut or mixed up is seen. */
function isHostKey(text: string): boolean {
  const [, type, data] = HOST_KEY.exec(text.trim()) ?? [];
  if (type === undefined) return false;
  const bytes = Buffer.from(data, "base64");
  return (
    bytes.readUInt32BE() === type.length &&
    bytes.toString("latin1", 4, 4 + type.length) === type
  );
}

/** Without the comment that a file of it has. */
export const hostKeyOf = (text: string): string =>
  hasToken(text) ? text : text.trim().split(/\s+/, 2).join(" ");
