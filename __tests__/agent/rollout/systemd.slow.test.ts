import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeUsers } from "../../../lib/agent/rollout/systemd";
import { localHost, unshared } from "../preflight/local-host";

/** This machine with a copy of `/etc`, so that its own users do not change. */
describe("the users of units", () => {
  const etc = mkdtempSync(join(tmpdir(), "etc-"));
  execFileSync("cp", ["--archive", "/etc/.", etc]);
  const host = localHost("cp-1", {
    prefix: unshared('mount --bind "$0" /etc && exec "$@"', etc),
  });
  const line = (file: string, name: string) =>
    readFileSync(join(etc, file), "utf8")
      .split("\n")
      .find((each) => each.startsWith(`${name}:`));

  afterAll(() => rmSync(etc, { recursive: true, force: true }));

  test("are created if they are missing, each with a group of the same name", async () => {
    await makeUsers(host, ["made-for-units"]);
    const made = line("passwd", "made-for-units");
    expect(made).toMatch(/:\/usr\/sbin\/nologin$/);
    expect(line("group", "made-for-units")).toBeDefined();
    await makeUsers(host, ["made-for-units", "root"]);
    expect(line("passwd", "made-for-units")).toBe(made);
  });

  test("join a group of the same name that exists already", async () => {
    await host.run("groupadd --system waiting-for-units");
    await makeUsers(host, ["waiting-for-units"]);
    const [, , , gid] = line("passwd", "waiting-for-units")!.split(":");
    expect(line("group", "waiting-for-units")!.split(":")[2]).toBe(gid);
  });

  test("fail with the message of useradd and what to do", async () => {
    await expect(makeUsers(host, ["no user:"])).rejects.toThrow(
      /cp-1: the users no user: of its units cannot be created: [^]*Create them on the node/,
    );
  });
});
