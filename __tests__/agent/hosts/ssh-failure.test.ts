import { readSshFailure } from "../../../lib/agent/hosts/ssh-failure";

const ADDED =
  "Warning: Permanently added 'cp-1' (ED25519) to the list of known hosts.\r\n";

/** The kind of failure, the messages of OpenSSH, and the line that explains it (by default the first). */
test.each([
  [
    "retry",
    "ssh: connect to host 10.0.0.11 port 22: Connection refused\r\n",
    "connect to host 10.0.0.11 port 22: Connection refused",
  ],
  ["retry", "ssh: connect to host 10.0.0.11 port 22: Connection timed out"],
  ["retry", "ssh: connect to host 10.0.0.11 port 22: No route to host"],
  ["retry", "ssh: connect to host fd00::1 port 22: Network is unreachable"],
  ["retry", "Connection timed out during banner exchange"],
  [
    "retry",
    "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.0.0.11 port 22",
    "Connection reset by 10.0.0.11 port 22",
  ],
  [
    "retry",
    "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by 10.0.0.11 port 22",
    "Connection closed by 10.0.0.11 port 22",
  ],
  [
    "retry",
    '"System is booting up. Unprivileged users are not permitted to log in yet. Please come back later."\nubuntu@10.0.0.11: Permission denied (publickey).',
  ],
  [
    "retry",
    "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\nConnection closed by UNKNOWN port 65535",
    "channel 0: open failed: connect failed: Connection refused",
  ],
  [
    "retry",
    "ssh: Could not resolve hostname cp-1: Temporary failure in name resolution",
  ],
  [
    "unknown-host",
    "ssh: Could not resolve hostname cp-1: Name or service not known",
  ],
  [
    "unknown-host",
    "channel 0: open failed: connect failed: Name or service not known\r\nstdio forwarding failed",
  ],
  [
    "permission-denied",
    `${ADDED}Authorized users only.\nroot@10.0.0.11: Permission denied (publickey,password).`,
    "root@10.0.0.11: Permission denied (publickey,password).",
  ],
  [
    "permission-denied",
    'Load key "/keys/id": Permission denied\r\nroot@10.0.0.11: Permission denied (publickey).',
    'Load key "/keys/id": Permission denied; root@10.0.0.11: Permission denied (publickey).',
  ],
  [
    "permission-denied",
    "Received disconnect from 10.0.0.11 port 22:2: Too many authentication failures\r\nDisconnected from 10.0.0.11 port 22",
  ],
  [
    "host-key",
    "@@@@@@@@\r\nHost key for cp-1 has changed and you have requested strict checking.\r\nHost key verification failed.",
    "Host key for cp-1 has changed and you have requested strict checking.",
  ],
  [
    "host-key",
    "No ED25519 host key is known for cp-1 and you have requested strict checking.\r\nHost key verification failed.",
  ],
  ["no-ssh", "sh: 1: ssh: not found"],
  ["no-ssh", "sh: line 1: ssh: command not found"],
  [
    "ssh",
    "Unable to negotiate with 10.0.0.11 port 22: no matching host key type found. Their offer: ssh-rsa",
  ],
  [
    "ssh",
    "channel 0: open failed: administratively prohibited: open failed\r\nstdio forwarding failed\r\nConnection closed by UNKNOWN port 65535",
    "channel 0: open failed: administratively prohibited: open failed",
  ],
  ["ssh", "/root/.ssh/config: line 3: Bad configuration option: hots"],
  ["ssh", "", "nothing"],
] as const)("%s: %j", (...row) => {
  const [kind, stderr, said = firstLine(stderr)] = row;
  expect(readSshFailure(stderr)).toEqual({ kind, said });
});

/** Without the prefix `ssh: `, because the error says that ssh printed the line. */
const firstLine = (stderr: string): string =>
  stderr.split(/\r?\n/)[0].replace(/^ssh: /, "");
