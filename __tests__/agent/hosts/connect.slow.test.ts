import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { Host } from "../../../lib/agent/hosts/host";
import { forgetHostKey } from "../../../lib/agent/hosts/known-hosts";
import { hostError, running, whoami } from "./support/place";
import { sshInEachTest, withPath } from "./support/ssh-in-each-test";
import { makeKey, Sshd } from "./support/sshd";

const ssh = sshInEachTest();

describe("connecting over SSH", () => {
  test("needs no login shell of the user's that starts commands", async () => {
    const shell = process.env.SHELL;
    process.env.SHELL = "/bin/false";
    try {
      const host = await ssh.connections.connect(ssh.sshd.access());
      expect(await whoami(host)).toBe("root\n");
      await host.close();
    } finally {
      if (shell === undefined) delete process.env.SHELL;
      else process.env.SHELL = shell;
    }
  });

  test("fails and leaves nothing running when the host key cannot be remembered", async () => {
    const before = new Set(running("ControlMaster=yes"));
    const directory = join(ssh.folder, "not-there", "x");
    mkdirSync(dirname(ssh.connections.knownHosts), { recursive: true });
    symlinkSync(directory, ssh.connections.knownHosts);
    await expect(ssh.connections.connect(ssh.sshd.access())).rejects.toThrow(
      /the file of the accepted host keys, cannot be written \(ENOENT\)/,
    );
    const masters = running("ControlMaster=yes");
    expect(masters.filter((master) => !before.has(master))).toEqual([]);
  });

  describe("with a folder for temporary files", () => {
    const before = process.env.TMPDIR;
    afterEach(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    });
    const connectFrom = (path: string) => {
      process.env.TMPDIR = path;
      return ssh.connections.connect(ssh.sshd.access());
    };

    test.each(["a%b", "a:b", "%h %%", "a'b"])(
      "named %s, it works, and the host key is remembered",
      async (name) => {
        const path = mkdtempSync(join(tmpdir(), name));
        try {
          const host = await connectFrom(path);
          expect(await whoami(host)).toBe("root\n");
          expect(ssh.connections.known).toMatch(/^cp-1 ssh-/);
          await host.close();
        } finally {
          rmSync(path, { recursive: true });
        }
      },
    );

    test("fails when it is full, before ssh accepts a key that cannot be remembered", async () => {
      const path = join(ssh.folder, "full");
      mkdirSync(path);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", path]);
      try {
        await expect(connectFrom(path)).rejects.toThrow(
          /^TMPDIR ".*full", the folder for temporary files, cannot be used: it has less than 1 MiB of free space \(ENOSPC\)/,
        );
        expect(existsSync(ssh.connections.knownHosts)).toBe(false);
      } finally {
        execFileSync("umount", [path]);
      }
    });
  });

  test("waits for a host that is booting, and reports this once", async () => {
    const booting = await Sshd.make({ like: ssh.sshd });
    const say = jest.fn(() => {
      setTimeout(() => void booting.start(), 1_200);
    });
    const host = await ssh.connections.connect(
      booting.access({ connectTimeout: 30 }),
      { say },
    );
    expect(await whoami(host)).toBe("root\n");
    expect(say.mock.calls).toEqual([["cp-1: waiting for 127.0.0.1"]]);
    await host.close();
    await booting.remove();
  });

  test("fails when the host does not answer in time", async () => {
    const off = await Sshd.make({ like: ssh.sshd });
    const error = await ssh.connections.refused(
      off.access({ connectTimeout: 1 }),
    );
    expect(error).toMatchObject({ kind: "unreachable", node: "cp-1" });
    expect(error.message).toBe(
      [
        `cp-1 (127.0.0.1) cannot be reached over SSH; waited 1 s. ssh says: connect to host 127.0.0.1 port ${off.port}: Connection refused`,
        "Check that the machine runs, that its SSH server listens at this address and port, and that no firewall blocks the connection. If the machine needs longer to start, raise connectTimeout.",
      ].join("\n"),
    );
    await off.remove();
  });

  test("fails at once when the login is refused", async () => {
    const identityFile = join(ssh.folder, "with passphrase");
    makeKey(identityFile, { passphrase: "secret" });
    const access = ssh.sshd.access({ identityFile, connectTimeout: 60 });
    const error = await ssh.connections.refused(access);
    expect(error.kind).toBe("permission-denied");
    expect(error.message).toContain(": Permission denied (publickey");
    expect(error.message).toContain("load a key that has one with ssh-add");
    expect(ssh.connections.said).toEqual([]);
  });

  test("fails when the identity file or ssh is missing, or the host name is invalid", async () => {
    const identityFile = join(ssh.folder, "none");
    expect(
      (await ssh.connections.refused(ssh.sshd.access({ identityFile }))).kind,
    ).toBe("identity-file");
    for (const given of [{ host: "-oProxyCommand=id" }, { jumpHost: "a b" }])
      expect(
        (await ssh.connections.refused(ssh.sshd.access(given))).message,
      ).toContain(
        `${JSON.stringify(Object.values(given)[0])}, the ${Object.keys(given)[0]} of cp-1, is not a host name.`,
      );
    await withPath(ssh.folder, async () =>
      expect((await ssh.connections.refused(ssh.sshd.access())).kind).toBe(
        "no-ssh",
      ),
    );
  });

  test("a host key is accepted at the first connection, and must be the same afterwards", async () => {
    const changing = await Sshd.start({ like: ssh.sshd });
    await ssh.connections.open(ssh.sshd.access(), "cp-2");
    await ssh.connections.open(changing.access());
    expect(ssh.connections.known).toBe(
      `cp-2 ${ssh.sshd.hostKey}\ncp-1 ${changing.hostKey}\n`,
    );
    for (const type of ["ed25519", "ecdsa"]) {
      await changing.stop();
      changing.changeHostKey(type);
      await changing.start();
      const error = await ssh.connections.refused(
        changing.access({ connectTimeout: 60 }),
      );
      expect(error.kind).toBe("host-key");
      expect(error.message).toContain(
        `give it a new machineId, or delete line 2 of ${ssh.connections.knownHosts}, and apply again.`,
      );
    }
    forgetHostKey(ssh.connections.knownHosts, "cp-1");
    expect(ssh.connections.known).toBe(`cp-2 ${ssh.sshd.hostKey}\n`);
    await ssh.connections.open(changing.access());
    expect(ssh.connections.known).toBe(
      `cp-2 ${ssh.sshd.hostKey}\ncp-1 ${changing.hostKey}\n`,
    );
    await changing.remove();
  });

  test("a host with a new address must have the same key, and a known key is not written twice", async () => {
    const moved = await Sshd.start({ like: ssh.sshd });
    await ssh.connections.open(ssh.sshd.access());
    await ssh.connections.open(ssh.sshd.access({ host: "localhost" }));
    expect(ssh.connections.known).toBe(`cp-1 ${ssh.sshd.hostKey}\n`);
    expect((await ssh.connections.refused(moved.access())).kind).toBe(
      "host-key",
    );
    await moved.remove();
  });

  test("a pinned host key must be the host's, and is not stored", async () => {
    await ssh.connections.open(ssh.sshd.access({ hostKey: ssh.sshd.hostKey }));
    const hostKey = makeKey(join(ssh.folder, "other"));
    const error = await ssh.connections.refused(ssh.sshd.access({ hostKey }));
    expect(error.kind).toBe("host-key");
    expect(error.message).toContain("the host key that hostKey pins");
    expect(() => ssh.connections.known).toThrow("ENOENT");
  });
});

describe("this machine as a host", () => {
  const open = (): Promise<Host> =>
    ssh.connections.connect({ kind: "local", sudo: false });

  test("runs scripts as root, and is reached directly", async () => {
    const host = await open();
    const outcome = await host.run('id -un; cat; exit "$1"', {
      args: ["255"],
      input: Buffer.from("x"),
    });
    expect(outcome).toMatchObject({ exitCode: 255, stderr: "" });
    expect(outcome.stdout.toString()).toBe(`${userInfo().username}\nx`);
    expect(await host.reach("127.0.0.1", 6443)).toEqual({
      host: "127.0.0.1",
      port: 6443,
    });
    await host.close();
  });

  test("fails when a script takes too long", async () => {
    const host = await open();
    const error = await hostError(host.run("sleep 60", { timeout: 50 }));
    expect(error.message).toContain(
      "cp-1 (this machine) did not answer within",
    );
  });
});

test("fails when a node has no host, which would be a bug", async () => {
  await expect(ssh.connections.connect({ kind: "directory" })).rejects.toThrow(
    "cp-1 has no host",
  );
});
