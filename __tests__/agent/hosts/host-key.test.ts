import { isHostKey } from "../../../lib/agent/hosts/ssh-options";

const KEY =
  "AAAAC3NzaC1lZDI1NTE5AAAAIJ5uB5nOAyMPfvWl4uoyzQ3kTvq0DnmKgUIqd8mYlZtT";

test.each([
  `ssh-ed25519 ${KEY}`,
  `ssh-ed25519 ${KEY} root@cp-1`,
  `ecdsa-sha2-nistp256 ${KEY}= a comment\n`,
])("%j is a host key", (line) => {
  expect(isHostKey(line)).toBe(true);
});

test.each([
  `ssh-ed25519 ${KEY}\njump-bastion ssh-ed25519 ${KEY}`,
  `ssh-ed25519 ${KEY}\r\ncp-2 ssh-ed25519 ${KEY}`,
  `cp-2 ssh-ed25519 ${KEY}`,
  `* ssh-ed25519 ${KEY}`,
  "ssh-ed25519",
  "",
])("%j is not accepted as a host key", (text) => {
  expect(isHostKey(text)).toBe(false);
});
