import { invalidRequest, lines, type AgentError } from "../base/errors";
import { LIMITS, shownBytes } from "../base/limits";

/** Errors of what is in a store, or is not as it may be there. Each names the file, and nothing is changed before it. */
const RESTORE = "Restore it from a backup of the store";

export function irregularFile(path: string, kind: string): AgentError {
  return lines(
    `${path} is ${kind}. The store has a plain file there.`,
    "Move it away, and restore what belongs there from a backup of the store. Nothing was read or changed.",
  );
}

export function linkOutOfStore(path: string, target: string): AgentError {
  return lines(
    `${path} is a link that leads out of the store, to ${target}: what is behind it is neither read nor changed.`,
    "Put the files themselves in its place. The folder of the whole store may be a link.",
  );
}

export function hugeFile(path: string, size: number): AgentError {
  return lines(
    `${path} has ${Math.round(size / (1 << 20))} MiB; a file of the store has ${shownBytes(LIMITS.storeFile)} at most.`,
    `${RESTORE}, or delete it: what can be made again is planned again.`,
  );
}

export function unreadableFile(
  path: string,
  code: string,
  users: string,
): AgentError {
  return lines(
    `${path} cannot be read (${code})${users}.`,
    "Run this as the user whom the store belongs to, or give the store to this one: sudo chown -R <user> <store>. Nothing was changed.",
  );
}

export function foreignFile(path: string, owner: number): AgentError {
  return lines(
    `${path} belongs to the user with the number ${owner}, who could change it: all of a store belongs to one user, who runs Terraform.`,
    "Find out where it comes from. If it is right, give it to the owner of the store: sudo chown -R <user> <store>. Nothing was changed.",
  );
}

export function brokenInventory(path: string, reason: string): AgentError {
  return lines(
    `${path} cannot be used: ${reason}. It says which hosts the cluster is on.`,
    `${RESTORE}. Without one, delete it: the next deploy writes it anew, and until then destroy knows no host.`,
  );
}

export function brokenStamp(path: string, reason: string): AgentError {
  return lines(
    `${path} cannot be used: ${reason}. Nothing outside of the store is read or removed for it.`,
    `${RESTORE}, or delete it: the next deploy looks at the files themselves, and writes it anew.`,
  );
}

export function brokenLock(path: string, reason: string): AgentError {
  return lines(
    `${path} cannot be used: ${reason}. It says which run of Terraform holds the store.`,
    "When no other run works on this store, delete its folder .lock and apply again.",
  );
}

export function storeIsLocked(
  store: string,
  holder: string,
  waited: string,
): AgentError {
  return lines(
    `${store} is in use by ${holder}; waited for ${waited}.`,
    "Apply again when that run has ended.",
  );
}

export function storeIsLockedElsewhere(
  store: string,
  holder: string,
  waited: string,
): AgentError {
  return lines(
    `${store} is in use by ${holder}, on a machine that cannot be seen from here; waited for ${waited}.`,
    `If nothing runs there any more, delete ${store}/.lock and apply again.`,
  );
}

export function terraformEnded(): AgentError {
  return lines(
    "Terraform ended before this began, so nothing was done.",
    "Apply again.",
  );
}

export function cyclicArtefacts(files: readonly string[]): AgentError {
  return invalidRequest(`these are made from each other: ${files.join(", ")}`);
}

export interface WaitingCertificate {
  readonly purpose: string;
  readonly request: string;
  readonly certificate: string;
  /** Why the certificate that was handed in is not the one. */
  readonly reason?: string;
}

export function waitingForSignatures(
  waiting: readonly WaitingCertificate[],
): AgentError {
  const count =
    waiting.length === 1
      ? "1 certificate waits"
      : `${waiting.length} certificates wait`;
  return lines(
    `${count} for a signature by an authority whose key is not in the store. Sign each request, put the certificate where it says, apply again:`,
    ...waiting.flatMap(({ purpose, request, certificate, reason }) => [
      `  ${purpose}`,
      `    sign  ${request}`,
      `    put   ${certificate}`,
      ...(reason === undefined
        ? []
        : [`    the one that is there cannot be used: ${reason}`]),
    ]),
  );
}

export function invalidPath(path: string): AgentError {
  return invalidRequest(
    `${JSON.stringify(path)} is not a path inside the store`,
  );
}
