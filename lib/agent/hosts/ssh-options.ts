import { homedir } from "node:os";
import { resolve } from "node:path";
import type { SshRequest } from "../../request/request";
import { commandLine } from "./shell";

/** A dead link is noticed after 16 seconds, when three questions had no answer and a fourth would come. */
const ALIVE = { interval: 4, count: 3 };

export interface JumpHost {
  readonly user?: string;
  readonly host: string;
  readonly port?: string;
}

/** What one attempt to connect needs beside the access itself. */
export interface SshFiles {
  /** The node's name. */
  readonly node: string;
  readonly knownHosts: string;
  /** Names in `knownHosts` whose key must not be another one; the key of any other name is accepted. */
  readonly known: readonly string[];
  /** Of the connection that all others share. */
  readonly socket: string;
  /** Seconds for the connection and its handshake. */
  readonly connectTimeout: number;
}

/** The names under which the keys of a node and of its jump host stand in `known_hosts`, wherever they move. */
export function hostKeyNames(
  node: string,
  { jumpHost }: Pick<SshRequest, "jumpHost">,
): string[] {
  const jump = jumpHost === undefined ? undefined : parseJumpHost(jumpHost);
  return [node, ...(jump ? [`jump-${jump.host}`] : [])];
}

/** `undefined` where it is no `[user@]host[:port]`. */
export function parseJumpHost(jumpHost: string): JumpHost | undefined {
  const found =
    /^(?:([^@\s]+)@)?(\[[^\]\s]+\]|[^:@\s]+)(?::(\d+))?$/.exec(jumpHost) ??
    // An IPv6 address on its own.
    /^(?:([^@\s]+)@)?([0-9a-fA-F:]+)$/.exec(jumpHost);
  if (!found) return undefined;
  const [, user, host, port] = found;
  return { user, host: host.replace(/^\[|\]$/g, ""), port };
}

/** Absolute, also where it begins as a shell's `~/`. */
export const identityPath = (identityFile: string): string =>
  resolve(identityFile.replace(/^~(?=\/)/, homedir()));

/** What cannot be mistaken for an option, and leaves a shell that reads `%h` cold. */
export const isHostName = (host: string): boolean =>
  /^[\p{L}\p{N}_:[][\p{L}\p{N}._:%[\]-]*$/u.test(host);

/** A line of a public key's file; another line in it would be the key of another host. */
export const isHostKey = (hostKey: string): boolean =>
  /^[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}([ \t][^\r\n]*)?$/.test(hostKey.trim());

/** The arguments of the connection that all others share: it runs nothing, and says so when it stands. */
export function masterArguments(
  access: SshRequest,
  files: SshFiles,
): readonly string[] {
  const jump =
    access.jumpHost === undefined ? undefined : parseJumpHost(access.jumpHost);
  return [
    "-N",
    "-T",
    ...optionArguments({
      ControlMaster: "yes",
      ControlPath: fileOption(files.socket),
      ControlPersist: "no",
      // The line on standard output by which it says that it is ready.
      PermitLocalCommand: "yes",
      LocalCommand: "echo ready",
      RemoteCommand: "none",
      ClearAllForwardings: "yes",
      ...(jump && { ProxyCommand: proxyCommand(access, jump, files) }),
    }),
    ...sharedArguments(access, files, files.node),
    ...destination(access),
  ];
}

/** The arguments of what goes through it. It never connects by itself, should the other be gone. */
export const channelArguments = (socket: string): readonly string[] => [
  "-T",
  "-F",
  "none",
  ...optionArguments({
    BatchMode: "yes",
    ControlMaster: "no",
    ControlPath: fileOption(socket),
    ProxyCommand: "false",
    LogLevel: "ERROR",
  }),
];

/** What `ssh -J` would do, but with our options, which -J doesn't hand on. */
function proxyCommand(
  access: SshRequest,
  jump: JumpHost,
  files: SshFiles,
): string {
  const words = [
    "ssh",
    "-T",
    ...optionArguments({ ControlPath: "none", ProxyJump: "none" }),
    ...sharedArguments(access, files, `jump-${jump.host}`),
    "-W",
  ];
  // ssh replaces each %, ours are doubled; its own %h is what the configuration makes of the host's name.
  const literal = (line: string): string => line.replace(/%/g, "%%");
  return `${literal(commandLine(words))} '[%h]:%p' ${literal(commandLine(destination(jump)))}`;
}

function sharedArguments(
  { identityFile }: SshRequest,
  { knownHosts, known, connectTimeout }: SshFiles,
  name: string,
): string[] {
  return optionArguments({
    BatchMode: "yes",
    LogLevel: "INFO",
    RequestTTY: "no",
    ForwardAgent: "no",
    ForwardX11: "no",
    ConnectTimeout: connectTimeout,
    ServerAliveInterval: ALIVE.interval,
    ServerAliveCountMax: ALIVE.count,
    // Where one key is known, accept-new would accept one of another kind.
    StrictHostKeyChecking: known.includes(name) ? "yes" : "accept-new",
    UserKnownHostsFile: fileOption(knownHosts),
    GlobalKnownHostsFile: "/dev/null",
    HostKeyAlias: name,
    CheckHostIP: "no",
    HashKnownHosts: "no",
    UpdateHostKeys: "no",
    VerifyHostKeyDNS: "no",
    ...(identityFile !== undefined && {
      IdentitiesOnly: "yes",
      IdentityFile: fileOption(identityPath(identityFile)),
    }),
  });
}

const destination = ({
  user,
  host,
  port,
}: {
  readonly user?: string;
  readonly host: string;
  readonly port?: number | string;
}): string[] => [
  ...(user === undefined ? [] : ["-l", user]),
  ...(port === undefined ? [] : ["-p", String(port)]),
  "--",
  host,
];

const optionArguments = (
  options: Readonly<Record<string, string | number>>,
): string[] =>
  Object.entries(options).flatMap(([name, value]) => [
    "-o",
    `${name}=${value}`,
  ]);

/** A path as a value in OpenSSH's configuration, where blanks separate and `%` begins a token. */
const fileOption = (path: string): string =>
  `"${path.replace(/["\\]/g, "\\$&").replace(/%/g, "%%")}"`;
