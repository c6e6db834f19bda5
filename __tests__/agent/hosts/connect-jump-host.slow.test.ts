import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ended, running, whoami } from "./support/place";
import { sshInEachTest, withConfig } from "./support/ssh-in-each-test";
import { makeKey, Sshd } from "./support/sshd";

const ssh = sshInEachTest();

describe("connecting over SSH", () => {
  test("the user's own OpenSSH configuration applies, except for harmful settings", async () => {
    const config = await withConfig(
      ssh.folder,
      [
        "Host node-one",
        "  HostName 127.0.0.1",
        `  Port ${ssh.sshd.port}`,
        "  User root",
        `  IdentityFile ${ssh.sshd.identityFile}`,
        "Host *",
        "  LogLevel QUIET",
        "  RequestTTY force",
        "  RemoteCommand id",
        "  ControlMaster auto",
        `  ControlPath ${join(ssh.folder, "%C")}`,
        "  ControlPersist 10m",
        "  StrictHostKeyChecking no",
        "  ForwardAgent yes",
        "  PermitLocalCommand yes",
        "  LocalCommand exit 1",
        `  LocalForward ${ssh.sshd.port} 127.0.0.1:1`,
        "  ExitOnForwardFailure yes",
        "  ForkAfterAuthentication yes",
        "  StdinNull yes",
        "  SessionType none",
      ],
      async () => {
        const host = await ssh.connections.open({
          kind: "ssh",
          host: "node-one",
          sudo: false,
          connectTimeout: 0,
        });
        expect(await whoami(host)).toBe("root\n");
        const through = await ssh.connections.open({
          kind: "ssh",
          host: "node-one",
          jumpHost: "node-one",
          sudo: false,
          connectTimeout: 0,
        });
        expect(await whoami(through)).toBe("root\n");
      },
    );
    expect(ssh.connections.known).toBe(
      `cp-1 ${ssh.sshd.hostKey}\njump-node-one ${ssh.sshd.hostKey}\n`,
    );
    await ssh.connections.close();
    await ended(config);
  });

  test.each([
    ["a ProxyJump", "ProxyJump outer", true],
    ["itself as its ProxyJump, as all hosts have it", "ProxyJump inner", false],
  ])(
    "of a jump host that has %s in OpenSSH's configuration, it says whether that is not used",
    async (_, line, isSaid) => {
      await withConfig(
        ssh.folder,
        [
          "Host inner",
          "  HostName 127.0.0.1",
          `  Port ${ssh.sshd.port}`,
          `  IdentityFile ${ssh.sshd.identityFile}`,
          `  ${line}`,
          // Its output must not be taken for that of the host behind it.
          "  PermitLocalCommand yes",
          "  LocalCommand echo local",
        ],
        async () => {
          const host = await ssh.connections.open(
            ssh.sshd.access({ jumpHost: "inner" }),
          );
          expect(await whoami(host)).toBe("root\n");
        },
      );
      expect(ssh.connections.said).toEqual(
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
      jump = await Sshd.start({ like: ssh.sshd });
    });

    afterAll(() => jump.remove());

    const via = (): { jumpHost: string } => ({
      jumpHost: `root@127.0.0.1:${jump.port}`,
    });

    test("stores its key apart from the node's, and disconnects from both", async () => {
      const host = await ssh.connections.open(ssh.sshd.access(via()));
      expect(await whoami(host)).toBe("root\n");
      const socket = (await host.reach("127.0.0.1", 1)) as { path: string };
      expect(running(dirname(socket.path)).length).toBeGreaterThan(1);
      await host.close();
      await ended(dirname(socket.path));
      expect(ssh.connections.known).toBe(
        `cp-1 ${ssh.sshd.hostKey}\njump-127.0.0.1 ${jump.hostKey}\n`,
      );
    });

    test("waits for the host behind it, and reports if that cannot be reached", async () => {
      const later = await Sshd.make({ like: ssh.sshd });
      const say = jest.fn(() => void later.start());
      const access = later.access({ ...via(), connectTimeout: 30 });
      const host = await ssh.connections.connect(access, { say });
      expect(await whoami(host)).toBe("root\n");
      expect(say).toHaveBeenCalledTimes(1);
      await host.close();
      await later.remove();
      const off = await ssh.connections.refused(later.access(via()));
      expect(off.kind).toBe("unreachable");
      expect(off.message).toContain("connect failed: Connection refused");
    });

    test("fails when the jump host's key has changed, and names its line", async () => {
      mkdirSync(join(ssh.connections.knownHosts, ".."));
      appendFileSync(
        ssh.connections.knownHosts,
        `jump-127.0.0.1 ${makeKey(join(ssh.folder, "other"))}\n`,
      );
      const error = await ssh.connections.refused(
        ssh.sshd.access({ ...via(), hostKey: ssh.sshd.hostKey }),
      );
      expect(error.kind).toBe("host-key");
      expect(error.message).toContain(
        `delete line 1 of ${ssh.connections.knownHosts}`,
      );
    });

    test("fails when it does not allow forwarding", async () => {
      const closed = await Sshd.start({
        like: ssh.sshd,
        config: ["AllowTcpForwarding no"],
      });
      const error = await ssh.connections.refused(
        ssh.sshd.access({
          jumpHost: `127.0.0.1:${closed.port}`,
          connectTimeout: 60,
        }),
      );
      expect(error.kind).toBe("ssh");
      expect(error.message).toContain("administratively prohibited");
      await closed.remove();
    });
  });
});
