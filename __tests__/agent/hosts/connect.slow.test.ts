import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { connect } from "../../../lib/agent/hosts/connect";
import type { Host } from "../../../lib/agent/hosts/host";
import { forgetHostKey } from "../../../lib/agent/hosts/known-hosts";
import { HOSTILE } from "../../support/hostile-words";
import { Connections, ended, hostError, running } from "./support/place";
import { makeFolder, makeKey, Sshd } from "./support/sshd";

const whoami = async (host: Host): Promise<string> =>
  (await host.run("id -un")).stdout.toString();

let folder: string;
let connections: Connections;

beforeEach(() => {
  folder = makeFolder();
  // With a space and a percent sign, which have a meaning in OpenSSH's configuration.
  connections = new Connections(join(folder, "a store 100%", "known_hosts"));
});

afterEach(async () => {
  await connections.close();
  rmSync(folder, { recursive: true, force: true });
});

const knownHosts = (): string => readFileSync(connections.knownHosts, "utf8");

describe("connecting over SSH", () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await Sshd.start();
  });

  afterAll(() => sshd.remove());

  test("needs no login shell of the user's that starts commands", async () => {
    const shell = process.env.SHELL;
    process.env.SHELL = "/bin/false";
    try {
      const host = await connect(
        { name: "cp-1", access: sshd.access() },
        {
          knownHosts: connections.knownHosts,
          clock: SYSTEM_CLOCK,
          say: () => undefined,
        },
      );
      expect(await whoami(host)).toBe("root\n");
      await host.close();
    } finally {
      if (shell === undefined) delete process.env.SHELL;
      else process.env.SHELL = shell;
    }
  });

  test("fails and leaves nothing running when the host key cannot be remembered", async () => {
    const before = new Set(running("ControlMaster=yes"));
    const directory = join(folder, "not-there", "x");
    mkdirSync(dirname(connections.knownHosts), { recursive: true });
    symlinkSync(directory, connections.knownHosts);
    await expect(
      connect(
        { name: "cp-1", access: sshd.access() },
        {
          knownHosts: connections.knownHosts,
          clock: SYSTEM_CLOCK,
          say: () => undefined,
        },
      ),
    ).rejects.toThrow(
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
      return connect(
        { name: "cp-1", access: sshd.access() },
        {
          knownHosts: connections.knownHosts,
          clock: SYSTEM_CLOCK,
          say: () => undefined,
        },
      );
    };

    test.each(["a%b", "a:b", "%h %%", "a'b"])(
      "named %s, it works, and the host key is remembered",
      async (name) => {
        const path = mkdtempSync(join(tmpdir(), name));
        try {
          const host = await connectFrom(path);
          expect(await whoami(host)).toBe("root\n");
          expect(knownHosts()).toMatch(/^cp-1 ssh-/);
          await host.close();
        } finally {
          rmSync(path, { recursive: true });
        }
      },
    );

    test("fails when it is full, before ssh accepts a key that cannot be remembered", async () => {
      const path = join(folder, "full");
      mkdirSync(path);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", path]);
      try {
        await expect(connectFrom(path)).rejects.toThrow(
          /^TMPDIR ".*full", the folder for temporary files, cannot be used: it has less than 1 MiB of free space \(ENOSPC\)/,
        );
        expect(existsSync(connections.knownHosts)).toBe(false);
      } finally {
        execFileSync("umount", [path]);
      }
    });
  });

  test("waits for a host that is booting, and reports this once", async () => {
    const booting = await Sshd.make({ like: sshd });
    const say = jest.fn(() => {
      setTimeout(() => void booting.start(), 1_200);
    });
    const host = await connect(
      { name: "cp-1", access: booting.access({ connectTimeout: 30 }) },
      { knownHosts: connections.knownHosts, clock: SYSTEM_CLOCK, say },
    );
    expect(await whoami(host)).toBe("root\n");
    expect(say.mock.calls).toEqual([["cp-1: waiting for 127.0.0.1"]]);
    await host.close();
    await booting.remove();
  });

  test("fails when the host does not answer in time", async () => {
    const off = await Sshd.make({ like: sshd });
    const error = await connections.refused(off.access({ connectTimeout: 1 }));
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
    const identityFile = join(folder, "with passphrase");
    makeKey(identityFile, { passphrase: "secret" });
    const access = sshd.access({ identityFile, connectTimeout: 60 });
    const error = await connections.refused(access);
    expect(error.kind).toBe("permission-denied");
    expect(error.message).toContain(": Permission denied (publickey");
    expect(error.message).toContain("load a key that has one with ssh-add");
    expect(connections.said).toEqual([]);
  });

  test("fails when the identity file or ssh is missing, or the host name is invalid", async () => {
    const identityFile = join(folder, "none");
    expect(
      (await connections.refused(sshd.access({ identityFile }))).kind,
    ).toBe("identity-file");
    for (const given of [{ host: "-oProxyCommand=id" }, { jumpHost: "a b" }])
      expect((await connections.refused(sshd.access(given))).message).toContain(
        `${JSON.stringify(Object.values(given)[0])}, the ${Object.keys(given)[0]} of cp-1, is not a host name.`,
      );
    await withPath(folder, async () =>
      expect((await connections.refused(sshd.access())).kind).toBe("no-ssh"),
    );
  });

  test("a host key is accepted at the first connection, and must be the same afterwards", async () => {
    const changing = await Sshd.start({ like: sshd });
    await connections.open(sshd.access(), "cp-2");
    await connections.open(changing.access());
    expect(knownHosts()).toBe(
      `cp-2 ${sshd.hostKey}\ncp-1 ${changing.hostKey}\n`,
    );
    for (const type of ["ed25519", "ecdsa"]) {
      await changing.stop();
      changing.changeHostKey(type);
      await changing.start();
      const error = await connections.refused(
        changing.access({ connectTimeout: 60 }),
      );
      expect(error.kind).toBe("host-key");
      expect(error.message).toContain(
        `give it a new machineId, or delete line 2 of ${connections.knownHosts}, and apply again.`,
      );
    }
    forgetHostKey(connections.knownHosts, "cp-1");
    expect(knownHosts()).toBe(`cp-2 ${sshd.hostKey}\n`);
    await connections.open(changing.access());
    expect(knownHosts()).toBe(
      `cp-2 ${sshd.hostKey}\ncp-1 ${changing.hostKey}\n`,
    );
    await changing.remove();
  });

  test("a host with a new address must have the same key, and a known key is not written twice", async () => {
    const moved = await Sshd.start({ like: sshd });
    await connections.open(sshd.access());
    await connections.open(sshd.access({ host: "localhost" }));
    expect(knownHosts()).toBe(`cp-1 ${sshd.hostKey}\n`);
    expect((await connections.refused(moved.access())).kind).toBe("host-key");
    await moved.remove();
  });

  test("a pinned host key must be the host's, and is not stored", async () => {
    await connections.open(sshd.access({ hostKey: sshd.hostKey }));
    const hostKey = makeKey(join(folder, "other"));
    const error = await connections.refused(sshd.access({ hostKey }));
    expect(error.kind).toBe("host-key");
    expect(error.message).toContain("the host key that hostKey pins");
    expect(knownHosts).toThrow("ENOENT");
  });

  test("the user's own OpenSSH configuration applies, except for harmful settings", async () => {
    const config = await withConfig(
      [
        "Host node-one",
        "  HostName 127.0.0.1",
        `  Port ${sshd.port}`,
        "  User root",
        `  IdentityFile ${sshd.identityFile}`,
        "Host *",
        "  LogLevel QUIET",
        "  RequestTTY force",
        "  RemoteCommand id",
        "  ControlMaster auto",
        `  ControlPath ${join(folder, "%C")}`,
        "  ControlPersist 10m",
        "  StrictHostKeyChecking no",
        "  ForwardAgent yes",
        "  PermitLocalCommand yes",
        "  LocalCommand exit 1",
        `  LocalForward ${sshd.port} 127.0.0.1:1`,
        "  ExitOnForwardFailure yes",
        "  ForkAfterAuthentication yes",
        "  StdinNull yes",
        "  SessionType none",
      ],
      async () => {
        const host = await connections.open({
          kind: "ssh",
          host: "node-one",
          sudo: false,
          connectTimeout: 0,
        });
        expect(await whoami(host)).toBe("root\n");
        const through = await connections.open({
          kind: "ssh",
          host: "node-one",
          jumpHost: "node-one",
          sudo: false,
          connectTimeout: 0,
        });
        expect(await whoami(through)).toBe("root\n");
      },
    );
    expect(knownHosts()).toBe(
      `cp-1 ${sshd.hostKey}\njump-node-one ${sshd.hostKey}\n`,
    );
    await connections.close();
    await ended(config);
  });

  test.each([
    ["a ProxyJump", "ProxyJump outer", true],
    ["itself as its ProxyJump, as all hosts have it", "ProxyJump inner", false],
  ])(
    "of a jump host that has %s in OpenSSH's configuration, it says whether that is not used",
    async (_, line, isSaid) => {
      await withConfig(
        [
          "Host inner",
          "  HostName 127.0.0.1",
          `  Port ${sshd.port}`,
          `  IdentityFile ${sshd.identityFile}`,
          `  ${line}`,
          // Its output must not be taken for that of the host behind it.
          "  PermitLocalCommand yes",
          "  LocalCommand echo local",
        ],
        async () => {
          const host = await connections.open(
            sshd.access({ jumpHost: "inner" }),
          );
          expect(await whoami(host)).toBe("root\n");
        },
      );
      expect(connections.said).toEqual(
        isSaid
          ? [
              expect.stringContaining(
                `cp-1: the jump host inner is connected to directly: its ${line} in OpenSSH's configuration is not used.`,
              ),
            ]
          : [],
      );
    },
  );

  describe("through a jump host", () => {
    let jump: Sshd;

    beforeAll(async () => {
      jump = await Sshd.start({ like: sshd });
    });

    afterAll(() => jump.remove());

    const via = (): { jumpHost: string } => ({
      jumpHost: `root@127.0.0.1:${jump.port}`,
    });

    test("stores its key apart from the node's, and disconnects from both", async () => {
      const host = await connections.open(sshd.access(via()));
      expect(await whoami(host)).toBe("root\n");
      const socket = (await host.reach("127.0.0.1", 1)) as { path: string };
      expect(running(dirname(socket.path)).length).toBeGreaterThan(1);
      await host.close();
      await ended(dirname(socket.path));
      expect(knownHosts()).toBe(
        `cp-1 ${sshd.hostKey}\njump-127.0.0.1 ${jump.hostKey}\n`,
      );
    });

    test("waits for the host behind it, and reports if that cannot be reached", async () => {
      const later = await Sshd.make({ like: sshd });
      const say = jest.fn(() => void later.start());
      const access = later.access({ ...via(), connectTimeout: 30 });
      const { knownHosts } = connections;
      const host = await connect(
        { name: "cp-1", access },
        { knownHosts, clock: SYSTEM_CLOCK, say },
      );
      expect(await whoami(host)).toBe("root\n");
      expect(say).toHaveBeenCalledTimes(1);
      await host.close();
      await later.remove();
      const off = await connections.refused(later.access(via()));
      expect(off.kind).toBe("unreachable");
      expect(off.message).toContain("connect failed: Connection refused");
    });

    test("fails when the jump host's key has changed, and names its line", async () => {
      mkdirSync(join(connections.knownHosts, ".."));
      appendFileSync(
        connections.knownHosts,
        `jump-127.0.0.1 ${makeKey(join(folder, "other"))}\n`,
      );
      const error = await connections.refused(
        sshd.access({ ...via(), hostKey: sshd.hostKey }),
      );
      expect(error.kind).toBe("host-key");
      expect(error.message).toContain(
        `delete line 1 of ${connections.knownHosts}`,
      );
    });

    test("fails when it does not allow forwarding", async () => {
      const closed = await Sshd.start({
        like: sshd,
        config: ["AllowTcpForwarding no"],
      });
      const error = await connections.refused(
        sshd.access({
          jumpHost: `127.0.0.1:${closed.port}`,
          connectTimeout: 60,
        }),
      );
      expect(error.kind).toBe("ssh");
      expect(error.message).toContain("administratively prohibited");
      await closed.remove();
    });
  });

  describe("as a user who is not root", () => {
    const user = `cp-${process.pid}`;
    const sudoers = `/etc/sudoers.d/${user}`;

    beforeAll(() => {
      // An impossible password: without a password field, sshd treats the account as locked.
      execFileSync("useradd", [
        "-M",
        "-d",
        "/",
        "-s",
        "/bin/sh",
        "-p",
        "*",
        user,
      ]);
    });

    afterEach(() => rmSync(sudoers, { force: true }));

    afterAll(() => execFileSync("userdel", [user]));

    test("runs everything with sudo", async () => {
      writeFileSync(sudoers, `${user} ALL=(ALL) NOPASSWD: ALL\n`, {
        mode: 0o440,
      });
      const host = await connections.open(sshd.access({ user, sudo: true }));
      const outcome = await host.run('id -un; cat; exit "$1"', {
        args: ["255"],
        input: Buffer.from("it's\n"),
      });
      expect(outcome.stdout.toString()).toBe("root\nit's\n");
      expect(outcome.exitCode).toBe(255);
    });

    test("fails when sudo asks for a password", async () => {
      writeFileSync(sudoers, `${user} ALL=(ALL) NOPASSWD: /usr/bin/id\n`, {
        mode: 0o440,
      });
      const error = await connections.refused(
        sshd.access({ user, sudo: true }),
      );
      expect(error.kind).toBe("no-sudo");
      expect(error.message).toBe(
        [
          `cp-1 (127.0.0.1) is accessed as ${user}, who cannot use sudo without a password. sudo says: sudo: a password is required`,
          `Log in as root, or add a line to sudoers on the host: ${user} ALL=(ALL) NOPASSWD: ALL`,
        ].join("\n"),
      );
    });

    test("fails when sudo wants a terminal, and says how to do without", async () => {
      writeFileSync(
        sudoers,
        `Defaults:${user} requiretty\n${user} ALL=(ALL) NOPASSWD: ALL\n`,
        { mode: 0o440 },
      );
      const { message } = await connections.refused(
        sshd.access({ user, sudo: true }),
      );
      expect(message).toContain(
        `is accessed as ${user}, who cannot use sudo without a terminal. sudo says: sudo: sorry, you must have a tty to run sudo`,
      );
      expect(message).toContain(`Defaults:${user} !requiretty`);
    });

    test.each([
      "/bin/bash",
      "/usr/bin/fish",
      "/usr/bin/tcsh",
      "/bin/bsd-csh",
      "/usr/bin/zsh",
    ])("runs scripts for a user with the login shell %s", async (shell) => {
      writeFileSync(sudoers, `${user} ALL=(ALL) NOPASSWD: ALL\n`, {
        mode: 0o440,
      });
      execFileSync("usermod", ["-s", shell, user]);
      const host = await connections.open(sshd.access({ user, sudo: true }));
      const script = `printf '%s\\0' "$@"\n${"# it's long!\n".repeat(1500)}cat; exit 255`;
      const outcome = await host.run(script, {
        args: HOSTILE,
        input: Buffer.from("input"),
      });
      expect(outcome.stdout.toString().split("\0")).toEqual([
        ...HOSTILE,
        "input",
      ]);
      expect(outcome.exitCode).toBe(255);
    });

    test.each([
      ["/usr/sbin/nologin", "This account is currently not available."],
      ["/bin/false", "nothing"],
    ])(
      "fails when the login shell %s runs no commands, and shows what it says",
      async (shell, said) => {
        execFileSync("usermod", ["-s", shell, user]);
        const { kind, message } = await connections.refused(
          sshd.access({ user, sudo: true }),
        );
        expect(kind).toBe("no-commands");
        expect(message).toContain(
          `does not run the user's commands. The host says: ${said}\n`,
        );
      },
    );

    test("fails when the account is for sftp alone, and shows what it says", async () => {
      execFileSync("usermod", ["-s", "/bin/sh", user]);
      const forSftp = await Sshd.start({
        like: sshd,
        config: ["ForceCommand internal-sftp", "Subsystem sftp internal-sftp"],
      });
      const { kind, message } = await connections.refused(
        forSftp.access({ user, sudo: true }),
      );
      expect(kind).toBe("no-commands");
      expect(message).toContain("for sftp alone, cannot be used");
      await forSftp.remove();
    });

    test("fails when sudo is off", async () => {
      const error = await connections.refused(sshd.access({ user }));
      expect(error.kind).toBe("no-sudo");
      expect(error.message).toContain(
        `is accessed as ${user}, who is not root, and sudo is off`,
      );
    });
  });
});

describe("this machine as a host", () => {
  const open = (): Promise<Host> =>
    connect(
      { name: "cp-1", access: { kind: "local", sudo: false } },
      {
        knownHosts: connections.knownHosts,
        clock: SYSTEM_CLOCK,
        say: () => undefined,
      },
    );

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
  await expect(
    connect(
      { name: "cp-1", access: { kind: "directory" } },
      {
        knownHosts: connections.knownHosts,
        clock: SYSTEM_CLOCK,
        say: () => undefined,
      },
    ),
  ).rejects.toThrow("cp-1 has no host");
});

/** Acts with a configuration of OpenSSH. Returns its path. */
async function withConfig(
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

async function withPath(
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
