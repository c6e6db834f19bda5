import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Connections } from "./place";
import { makeFolder, Sshd } from "./sshd";

/** What a test that connects over SSH has. */
interface Ssh {
  /** A server for all tests of the file. */
  sshd: Sshd;
  /** A folder of the test. */
  folder: string;
  /** The connections of the test. Their host keys are remembered in its folder. */
  connections: Connections;
}

export function sshInEachTest(): Ssh {
  const ssh = {} as Ssh;
  beforeAll(async () => {
    ssh.sshd = await Sshd.start();
  });
  afterAll(() => ssh.sshd.remove());

  beforeEach(() => {
    ssh.folder = makeFolder();
    // With a space and a percent sign, which have a meaning in OpenSSH's configuration.
    ssh.connections = new Connections(
      join(ssh.folder, "a store 100%", "known_hosts"),
    );
  });
  afterEach(async () => {
    await ssh.connections.close();
    rmSync(ssh.folder, { recursive: true, force: true });
  });
  return ssh;
}

/** Acts with a configuration of OpenSSH. Returns its path. */
export async function withConfig(
  folder: string,
  lines: readonly string[],
  action: () => Promise<void>,
): Promise<string> {
  const config = join(folder, "config");
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(config, `${lines.join("\n")}\n`);
  const shim = join(bin, "ssh");
  // A test without a configuration asks for none.
  writeFileSync(
    shim,
    `#!/bin/sh\nfor word do [ "$word" != -F ] || exec /usr/bin/ssh "$@"; done\nexec /usr/bin/ssh -F ${config} "$@"\n`,
  );
  chmodSync(shim, 0o755);
  await withPath(`${bin}:${process.env.PATH}`, action);
  return config;
}

export async function withPath(
  path: string,
  action: () => Promise<void>,
): Promise<void> {
  const { PATH } = process.env;
  process.env.PATH = path;
  try {
    await action();
  } finally {
    process.env.PATH = PATH;
  }
}
