import { hasToken } from "../../terraform/expression";
import { check, type Requirement } from "../../terraform/requirement";
import { isPort } from "../hosts";
import { invalidPort } from "../errors";
import {
  HOST_KEY,
  IDENTITY_FILE,
  JUMP_HOST,
  SSH_HOST,
  SSH_USER,
} from "../patterns";
import * as errors from "./node-errors";
import type { SshProps } from "./ssh-props";

/** Throws if a prop is not valid. */
export function validateSsh(props: SshProps): void {
  if (props.port !== undefined && !isPort(props.port))
    throw invalidPort("the SSH port", props.port);
  check(sshRequirements(props));
}

/**
 * What the texts of an access must be. All of them become arguments of ssh, so none may look like an option or contain
 * spaces. @param node The node, as far as it is known.
 */
export function sshRequirements(
  { host, user, identityFile, jumpHost, hostKey }: SshTexts,
  node?: string,
): Requirement[] {
  const rows = [
    [host, SSH_HOST, errors.invalidSshHost],
    [user, SSH_USER, errors.invalidSshUser],
    [identityFile, IDENTITY_FILE, errors.invalidIdentityFile],
    [jumpHost, JUMP_HOST, errors.invalidJumpHost],
    [hostKey, HOST_KEY, errors.invalidHostKey],
  ] as const;
  return rows.flatMap(([value, pattern, error]) =>
    value === undefined
      ? []
      : [{ value, patterns: [pattern], error: (given) => error(given, node) }],
  );
}

type SshTexts = Pick<
  SshProps,
  "host" | "user" | "identityFile" | "jumpHost" | "hostKey"
>;

/** The key without the comment that key files have at the end. */
export const hostKeyOf = (text: string): string =>
  hasToken(text) ? text : text.trim().split(/\s+/, 2).join(" ");
