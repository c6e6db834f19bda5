import { NodeAccess, type SshProps } from "../../lib";
import { token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

const ssh = (host: string, props: Partial<SshProps> = {}) =>
  NodeAccess.ssh({ host, ...props });
const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4nVXGPjBD3PUsuGsgdPkgJ8lBSMWsHjXMPxZrGRcMT";
const ECDSA =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

describe("SSH", () => {
  test.each<[string, Partial<SshProps>, ...string[]]>([
    ["no host", { host: "" }, '""'],
    ["an option as the host", { host: "-oProxyCommand=id" }, "-oProxyCommand"],
    ["a space in a host", { host: "10.0.0.11 -v" }, '"10.0.0.11 -v"'],
    ["a line break in a host", { host: "a\nb" }, '"a\\nb"'],
    ["a user in a host", { host: "admin@10.0.0.11" }, "user: "],
    ["a port in a host", { host: "10.0.0.11:22" }, "port: 22"],
    ["brackets in a host", { host: "[fd00::1]" }, "without brackets"],
    ["an option as the user", { user: "-x" }, '"-x"'],
    ["an empty user", { user: "" }, '""'],
    ["a space in a user", { user: "a b" }, '"a b"'],
    ["a shell character in a user", { user: "a;id" }, '"a;id"'],
    ["port 0", { port: 0 }, "the SSH port 0"],
    ["a port that is too high", { port: 65536 }, "65536", "1 to 65535"],
    ["a fractional port", { port: 22.5 }, "22.5"],
    ["an empty identityFile", { identityFile: "" }, '""', "~/.ssh"],
    [
      "an option as identityFile",
      { identityFile: "-F/dev/null" },
      "-F/dev/null",
    ],
    ["two jump hosts", { jumpHost: "a,b" }, '"a,b"', "one jump host"],
    ["an option as the jump host", { jumpHost: "-oX" }, '"-oX"'],
    ["an option after a jump host's user", { jumpHost: "a@-oX" }, '"a@-oX"'],
    ["an invalid port of a jump host", { jumpHost: "a:0" }, '"a:0"'],
    ["an IPv6 jump host without brackets", { jumpHost: "fd00::1" }, "IPv6"],
    ["a URL as a jump host", { jumpHost: "ssh://a" }, '"ssh://a"'],
    ["a host key without its type", { hostKey: ED25519.slice(12) }, "AAAA"],
    ["a truncated host key", { hostKey: "ssh-ed25519 AAAA" }, "AAAA"],
    [
      "a host key whose data have another type",
      { hostKey: ED25519.replace("ssh-ed25519", "ssh-rsa") },
      "ssh-rsa",
    ],
    ["a fingerprint as a host key", { hostKey: "SHA256:abc" }, "SHA256:abc"],
    [
      "a line of known_hosts as a host key",
      { hostKey: `10.0.0.11 ${ED25519}` },
      "ssh_host_ed25519_key.pub",
    ],
  ])("fails with %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => ssh("10.0.0.11", props)),
      ...parts,
    );
  });

  test.each<[string, Partial<SshProps>]>([
    ["an alias of OpenSSH's configuration", { host: "cp_1.lab" }],
    ["IPv6", { host: "fd00::1", port: 2222 }],
    [
      "values that are known only at apply",
      {
        host: token,
        user: token,
        jumpHost: token,
        hostKey: token,
        identityFile: token,
      },
    ],
    ["a user of a directory service", { user: "jane@example.org" }],
    [
      "a jump host with user, address and port",
      { jumpHost: "j.d@[fd00::1]:2222" },
    ],
    ["a jump host with only a name", { jumpHost: "bastion" }],
    ["a host key with its comment", { hostKey: `${ED25519} root@cp-1\n` }],
    ["an ECDSA host key", { hostKey: ECDSA }],
  ])("accepts %s", (_, props) => {
    expect(() => ssh("10.0.0.11", props)).not.toThrow();
  });
});
