import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { Place, succeeded } from "./local/place";
import { agentsBelow, isAlive } from "./local/processes";
import { until } from "./say";
import { step } from "./steps";

const BACKUP = "kept/devk8s.backup";

describe("examples/local: a backup, and what comes back from it", () => {
  const place = new Place();
  place.bring("etcdutl");
  afterAll(async () => {
    place.restore();
    await place.controlPlane("destroy");
    place.end();
  });

  const restoring = (): void =>
    place.change((main) =>
      main.replace(
        "  apiServer: {",
        `  etcd: { restore: { snapshot: "${BACKUP}", confirm: "devk8s" } },\n  apiServer: {`,
      ),
    );

  step("saves etcd and the keys into one file of the user", async () => {
    await place.deploy();
    await place.kubectl("create", "namespace", "before");
    const said = succeeded(await place.controlPlane("backup", "--to", "kept"));
    expect(said).toMatch(/etcd 3\.\d+\.\d+ at revision [\d,]+, from local/);
    const [name] = readdirSync(place.path("kept"));
    expect(statSync(place.path("kept", name)).mode & 0o777).toBe(0o600);
    await place.run("mv", place.path("kept", name), place.path(BACKUP));
    const verified = await place.controlPlane("backup", "verify", BACKUP);
    expect(verified).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("a whole backup of devk8s"),
    });
  });

  step(
    "says that a folder has no room for it, and leaves it empty",
    async () => {
      const full = place.path("full");
      mkdirSync(full);
      execFileSync("mount", [..."-t tmpfs -o size=1m tmpfs".split(" "), full]);
      try {
        const { exitCode, stdout } = await place.controlPlane(
          "backup",
          "--to",
          "full",
        );
        expect(exitCode).toBe(1);
        expect(stdout).toMatch(
          /full has .* of free space, and the backup needs/,
        );
        expect(readdirSync(full)).toEqual([]);
      } finally {
        execFileSync("umount", [full]);
      }
    },
  );

  step("says of another file that it is no backup", async () => {
    expect(
      await place.controlPlane("backup", "verify", "main.ts"),
    ).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining("main.ts is not a backup"),
    });
  });

  step(
    "goes on with a restore that was killed, and loses nothing",
    async () => {
      await place.kubectl("create", "namespace", "after");
      const { "kube-apiserver": server } = place.pids();
      restoring();
      const started = place.begin("deploy");
      await until("the restore stops the API server", 60, () =>
        Promise.resolve(!isAlive(server)),
      );
      for (const pid of [...(await agentsBelow(started)), started])
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It has ended by itself.
        }
      await place.deploy();
      expect(await place.namespaces()).toContain("before");
      expect(await place.namespaces()).not.toContain("after");
      expect(
        readdirSync(place.store("processes/etcd")).filter((name) =>
          name.startsWith("member."),
        ),
      ).not.toEqual([]);
      expect(readdirSync(place.store("backups")).join()).toContain(
        "-before-restore.backup",
      );
    },
  );

  step("restores a backup only once", async () => {
    await place.kubectl("create", "namespace", "later");
    expect(await place.deploy()).toContain("local: no changes");
    expect(await place.namespaces()).toContain("later");
  });

  step("refuses the backup of a cluster that had other keys", async () => {
    place.restore();
    succeeded(await place.controlPlane("destroy"));
    rmSync(place.store(), { recursive: true });
    expect(existsSync(place.path(BACKUP))).toBe(true);
    await place.deploy();
    const before = place.pids();
    restoring();
    const { exitCode, stdout, stderr } = await place.controlPlane("deploy");
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(
      /is not a backup of this cluster: .*pki\/ca\.crt/,
    );
    expect(place.pids()).toEqual(before);
  });
});
