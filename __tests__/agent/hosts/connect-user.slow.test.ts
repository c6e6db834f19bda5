import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { HOSTILE } from "../../support/hostile-words";
import { sshInEachTest } from "./support/ssh-in-each-test";
import { Sshd } from "./support/sshd";

const ssh = sshInEachTest();

describe("connecting over SSH", () => {
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
      const host = await ssh.connections.open(
        ssh.sshd.access({ user, sudo: true }),
      );
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
      const error = await ssh.connections.refused(
        ssh.sshd.access({ user, sudo: true }),
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
      const { message } = await ssh.connections.refused(
        ssh.sshd.access({ user, sudo: true }),
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
      const host = await ssh.connections.open(
        ssh.sshd.access({ user, sudo: true }),
      );
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
        const { kind, message } = await ssh.connections.refused(
          ssh.sshd.access({ user, sudo: true }),
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
        like: ssh.sshd,
        config: ["ForceCommand internal-sftp", "Subsystem sftp internal-sftp"],
      });
      const { kind, message } = await ssh.connections.refused(
        forSftp.access({ user, sudo: true }),
      );
      expect(kind).toBe("no-commands");
      expect(message).toContain("for sftp alone, cannot be used");
      await forSftp.remove();
    });

    test("fails when sudo is off", async () => {
      const error = await ssh.connections.refused(ssh.sshd.access({ user }));
      expect(error.kind).toBe("no-sudo");
      expect(error.message).toContain(
        `is accessed as ${user}, who is not root, and sudo is off`,
      );
    });
  });
});
