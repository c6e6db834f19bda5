import { homedir } from "node:os";
import { resolve } from "node:path";
import type { SshRequest } from "../../request/access";
import { commandLine } from "./shell";

/** Seconds between keepalive messages, and their number: a dead connection is noticed after 16 seconds. */
const ALIVE = { interval: 4, count: 3 };

export interface JumpHost {
  readonly user?: string;
  readonly host: string;
  readonly port?: string;
}

/** What one attempt to connect needs besides the access. */
export interface SshFiles {
  /** The node's name. */
  readonly node: string;
  readonly knownHosts: string;
  /** Names in `knownHosts`, whose host keys must not change. For other names, any key is accepted. */
  readonly known: readonly string[];
  /** The control socket of the shared connection. */
  readonly socket: string;
  /** Seconds for the connection and its handshake. */
  readonly connectTimeout: number;
  /** Whether ssh has the options that say what it does with its session, as OpenSSH has from 8.7 on. */
  readonly hasSessionOptions: boolean;
}

/** The names of a node and its jump host in `known_hosts`. They stay the same if a host gets another address. */
export function hostKeyNames(
  node: string,
  { jumpHost }: Pick<SshRequest, "jumpHost">,
): string[] {
  const jump = jumpHost === undefined ? undefined : parseJumpHost(jumpHost);
  return [node, ...(jump ? [`jump-${jump.host}`] : [])];
}

/** `undefined` if the text is not `[user@]host[:port]`. */
export function parseJumpHost(jumpHost: string): JumpHost | undefined {
  const found =
    /^(?:([^@\s]+)@)?(\[[^\]\s]+\]|[^:@\s]+)(?::(\d+))?$/.exec(jumpHost) ??
    // An IPv6 address without a port.
    /^(?:([^@\s]+)@)?([0-9a-fA-F:]+)$/.exec(jumpHost);
  if (!found) return undefined;
  const [, user, host, port] = found;
  return { user, host: host.replace(/^\[|\]$/g, ""), port };
}

/** The absolute path of an identity file, which may begin with `~/`. */
export const identityPath = (identityFile: string): string =>
  resolve(identityFile.replace(/^~(?=\/)/, homedir()));

/** Whether a text is safe as a host name: not an option, and harmless in a shell command with `%h`. */
export const isHostName = (host: string): boolean =>
  /^[\p{L}\p{N}_:[][\p{L}\p{N}._:%[\]-]*$/u.test(host);

/** Whether a text is one line of a public key file. With a second line it could add a key for another host. */
export const isHostKey = (hostKey: string): boolean =>
  /^[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}([ \t][^\r\n]*)?$/.test(hostKey.trim());

/** The arguments of ssh for the shared connection: it runs no command, and prints a line when it is ready. */
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
      // Prints a line to standard output when it is ready.
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

/** The arguments of ssh for a command through the shared connection. It never opens a connection of its own. */
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

/** Does the same as `ssh -J`, but with our options, which -J does not pass on. */
function proxyCommand(
  access: SshRequest,
  jump: JumpHost,
  files: SshFiles,
): string {
  const words = [
    "ssh",
    "-T",
    ...optionArguments({
      ControlPath: "none",
      ProxyJump: "none",
      // Its output would be taken for that of the host behind it.
      PermitLocalCommand: "no",
    }),
    ...sharedArguments(access, files, `jump-${jump.host}`),
    "-W",
  ];
  // ssh expands %, so ours are doubled. %h is the host name after ssh's configuration was applied.
  const literal = (line: string): string => line.replace(/%/g, "%%");
  return `${literal(commandLine(words))} '[%h]:%p' ${literal(commandLine(destination(jump)))}`;
}

/** The user's configuration could send ssh to the background, or take its input away. */
const SESSION = {
  ForkAfterAuthentication: "no",
  StdinNull: "no",
  SessionType: "none",
};

function sharedArguments(
  { identityFile }: SshRequest,
  { knownHosts, known, connectTimeout, hasSessionOptions }: SshFiles,
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
    // If a key is known, accept-new would still accept a key of another type.
    StrictHostKeyChecking: known.includes(name) ? "yes" : "accept-new",
    UserKnownHostsFile: fileOption(knownHosts),
    GlobalKnownHostsFile: "/dev/null",
    HostKeyAlias: name,
    CheckHostIP: "no",
    HashKnownHosts: "no",
    UpdateHostKeys: "no",
    VerifyHostKeyDNS: "no",
    ...(hasSessionOptions && SESSION),
    ...(identityFile !== undefined && {
      IdentitiesOnly: "yes",
      IdentityFile: fileOption(identityPath(identityFile)),
    }),
  });
}

/** The arguments of ssh that make it print its settings for a jump host. */
export const settingsArguments = (jump: JumpHost): readonly string[] => [
  "-G",
  ...destination(jump),
];

/** The arguments of ssh that fail if it lacks the session options. It reads no configuration, and connects to nothing. */
export const sessionArguments = (): readonly string[] => [
  "-G",
  "-F",
  "none",
  ...optionArguments(SESSION),
  "--",
  "host",
];

/** The ProxyJump in the settings of a jump host, which is not used. If it is the jump host itself, it is that of all hosts. */
export function unusedProxyJump(
  settings: string,
  jump: JumpHost,
): string | undefined {
  const [, value] = /^proxyjump (.+)$/im.exec(settings) ?? [];
  return value === undefined ||
    value === "none" ||
    parseJumpHost(value)?.host === jump.host
    ? undefined
    : value;
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

/** Quotes a path for OpenSSH's configuration, in which spaces separate values and `%` begins a token. */
const fileOption = (path: string): string =>
  `"${path.replace(/["\\]/g, "\\$&").replace(/%/g, "%%")}"`;
