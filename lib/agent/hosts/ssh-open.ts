import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SshRequest } from "../../request/access";
import { runChild } from "./child";
import { hostKeysOf, rememberHostKeys } from "./known-hosts";
import { makeSocketFolder, Master } from "./ssh-master";
import {
  hostKeyNames,
  type JumpHost,
  masterArguments,
  sessionArguments,
  settingsArguments,
  unusedProxyJump,
} from "./ssh-options";

/** Milliseconds: ssh only prints its settings. */
const SETTINGS = 10_000;

/** The answer to {@link hasSessionOptions}. This process has one ssh, and connects to many hosts, each more than once. */
let sessionOptions: Promise<boolean> | undefined;

/** Whether the installed ssh has the options that say what it does with its session. */
const hasSessionOptions = (): Promise<boolean> =>
  (sessionOptions ??= runChild(["ssh", ...sessionArguments()], {
    timeout: SETTINGS,
  }).then(({ exitCode }) => exitCode === 0));

/** The ProxyJump that OpenSSH's configuration has for a jump host, and that is not used. */
export async function unusedProxyJumpOf(
  jump: JumpHost,
): Promise<string | undefined> {
  const { stdout } = await runChild(["ssh", ...settingsArguments(jump)], {
    timeout: SETTINGS,
  });
  return unusedProxyJump(stdout.toString(), jump);
}

/** Seconds for one attempt. A host may drop packets while it boots, so a new attempt is better than waiting. */
const ATTEMPT = 10;

/**
 * Tries once to connect. Returns the messages of ssh if that fails. ssh gets a copy of the known host keys, so that only
 * the agent writes the file in the store.
 */
export async function openMaster(
  node: string,
  access: SshRequest,
  knownHosts: string,
  seconds: number,
): Promise<Master | string> {
  const folder = makeSocketFolder();
  const names = hostKeyNames(node, access);
  const pinned = (name: string): boolean =>
    name === node && access.hostKey !== undefined;
  const lines = names.flatMap((name) =>
    pinned(name)
      ? [`${node} ${access.hostKey?.trim()}`]
      : hostKeysOf(knownHosts, name),
  );
  const copy = join(folder, "known_hosts");
  writeFileSync(copy, lines.map((line) => `${line}\n`).join(""));
  const socket = join(folder, "s");
  const master = new Master(
    { folder, socket },
    masterArguments(access, {
      node,
      knownHosts: copy,
      known: names.filter((name) =>
        lines.some((line) => line.startsWith(`${name} `)),
      ),
      socket,
      hasSessionOptions: await hasSessionOptions(),
      connectTimeout: Math.max(1, Math.min(ATTEMPT, Math.ceil(seconds))),
    }),
  );
  if (!(await master.isReady(Math.max(seconds, ATTEMPT) * 1000))) {
    await master.stop();
    return master.said;
  }
  const accepted = names.filter((name) => !pinned(name));
  const keys = accepted.flatMap((name) => hostKeysOf(copy, name));
  try {
    rememberHostKeys(knownHosts, keys);
  } catch (error) {
    // A connection that stays open would keep this process from ending.
    await master.stop();
    throw error;
  }
  return master;
}
