import { accessSync, constants } from "node:fs";
import type { Clock } from "../../base/clock";
import {
  changedHostKey,
  missingIdentityFile,
  missingSsh,
  notAHostKey,
  notAnSshHost,
  notThePinnedHostKey,
  permissionDenied,
  refusedBySsh,
  unknownHost,
  unreachable,
  type HostError,
  type Target,
} from "./errors";
import type { AccessRequest, SshRequest } from "../../request/access";
import type { Host } from "./host";
import { placeOfHostKey } from "./known-hosts";
import { LocalConnection } from "./local";
import { RootHost } from "./root";
import { SshConnection } from "./ssh";
import { readSshFailure, type SshFailure } from "./ssh-failure";
import type { Master } from "./ssh-master";
import { openMaster, unusedProxyJumpOf } from "./ssh-open";
import {
  hostKeyNames,
  identityPath,
  isHostKey,
  isHostName,
  parseJumpHost,
} from "./ssh-options";

export interface ConnectOptions {
  readonly clock: Clock;
  /** The store's own `known_hosts`. */
  readonly knownHosts: string;
  readonly say: (line: string) => void;
}

interface Node {
  readonly name: string;
  readonly access: AccessRequest;
}

/** Milliseconds between two attempts. */
const PAUSE = 1_000;

/** Connects to a node's host and becomes root there. Waits for a host that is still booting. */
export async function connect(
  { name, access }: Node,
  options: ConnectOptions,
): Promise<Host> {
  if (access.kind === "directory")
    throw new Error(`${name} has no host: its files stay in their directory`);
  if (access.kind === "local") {
    const target = { node: name, host: "this machine" };
    return RootHost.enter(new LocalConnection(target), target, access.sudo);
  }
  const target = { node: name, host: access.host };
  const connection = new SshConnection(
    target,
    await waitForMaster(target, access, options),
  );
  try {
    return await RootHost.enter(connection, target, access.sudo);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function waitForMaster(
  target: Target,
  access: SshRequest,
  { clock, knownHosts, say }: ConnectOptions,
): Promise<Master> {
  check(target, access);
  const jump = access.jumpHost && parseJumpHost(access.jumpHost);
  const unused = jump ? await unusedProxyJumpOf(jump) : undefined;
  if (unused !== undefined)
    say(
      `${target.node}: the jump host ${access.jumpHost} is connected to directly: its ProxyJump ${unused} in OpenSSH's configuration is not used. To connect through all of them, leave out jumpHost, and give ${target.host} a ProxyJump there`,
    );
  const deadline = clock.now() + access.connectTimeout * 1_000;
  for (let attempt = 1; ; attempt++) {
    const left = Math.max(0, deadline - clock.now());
    const master = await openMaster(
      target.node,
      access,
      knownHosts,
      left / 1_000,
    );
    if (typeof master !== "string") return master;
    const failure = readSshFailure(master);
    if (failure.kind !== "retry")
      throw refusal(target, access, failure, knownHosts);
    if (clock.now() + PAUSE > deadline)
      throw unreachable(target, failure.said, access.connectTimeout);
    if (attempt === 1) say(`${target.node}: waiting for ${target.host}`);
    await clock.pause(PAUSE);
  }
}

/** Reports problems that ssh would report less clearly or not at all. */
function check(
  target: Target,
  { host, jumpHost, hostKey, identityFile }: SshRequest,
): void {
  if (!isHostName(host)) throw notAnSshHost(target, host, "host");
  if (
    jumpHost !== undefined &&
    !isHostName(parseJumpHost(jumpHost)?.host ?? "")
  )
    throw notAnSshHost(target, jumpHost, "jumpHost");
  if (hostKey !== undefined && !isHostKey(hostKey)) throw notAHostKey(target);
  if (identityFile === undefined) return;
  try {
    accessSync(identityPath(identityFile), constants.R_OK);
  } catch {
    throw missingIdentityFile(target, identityFile);
  }
}

function refusal(
  target: Target,
  access: SshRequest,
  { kind, said }: SshFailure,
  knownHosts: string,
): HostError {
  switch (kind) {
    case "unknown-host":
      return unknownHost(target, said);
    case "permission-denied":
      return permissionDenied(target, said);
    case "no-ssh":
      return missingSsh(target);
    case "host-key": {
      const name =
        hostKeyNames(target.node, access).find((each) =>
          said.split(" ").includes(each),
        ) ?? target.node;
      return name === target.node && access.hostKey !== undefined
        ? notThePinnedHostKey(target, said)
        : changedHostKey(target, said, placeOfHostKey(knownHosts, name));
    }
    default:
      return refusedBySsh(target, said);
  }
}
