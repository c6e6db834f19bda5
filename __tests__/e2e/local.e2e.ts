import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { changeSteps } from "./local/changes";
import { Place, succeeded } from "./local/place";
import { isAlive, isFree } from "./local/processes";
import { useSteps } from "./local/use";
import { say, seconds } from "./say";
import { step } from "./steps";

describe("examples/local: processes of a user on this machine", () => {
  const place = new Place();
  afterAll(async () => {
    place.restore();
    await place.controlPlane("destroy");
    await place.controlPlane("teardown", "clusters/second");
    place.end();
  });

  useSteps(place);
  changeSteps(place);

  step(
    "leaves no process and no open port when it is destroyed, and keeps the data",
    async () => {
      const before = place.pids();
      succeeded(await place.controlPlane("destroy"));
      for (const pid of Object.values(before)) expect(isAlive(pid)).toBe(false);
      for (const port of [6443, 2379, 2380, 2381])
        expect(await isFree(port)).toBe(true);
      expect(
        readdirSync(place.store()).filter((name) => !name.startsWith(".")),
      ).toEqual(["pki", "processes"]);
      expect(existsSync(place.store("processes/etcd/member"))).toBe(true);
    },
  );

  step(
    "fails before it starts anything when another process has its port, and names that process",
    async () => {
      // It closes each connection, because an open connection would prevent it from closing.
      const other = createServer((socket) => socket.destroy());
      await new Promise<void>((done) => other.listen(6443, "127.0.0.1", done));
      try {
        const { exitCode, stdout, stderr } = await place.controlPlane("deploy");
        expect(exitCode).toBe(1);
        // If the tests run as root, the process belongs to another user.
        expect(stdout + stderr).toMatch(
          /Port 6443, on which kube-apiserver should listen, is used by (process \d+ \(.*node\)|a process of another user)\./,
        );
        expect(await isFree(2379)).toBe(true);
      } finally {
        await new Promise((done) => other.close(done));
      }
    },
  );

  step(
    "fails when a flag does not exist, with the API server's error",
    async () => {
      place.change((main) =>
        main
          .replace('"service-account-issuer": "api"', '"no-such-flag": "1"')
          // Synthesis would refuse it before anything starts.
          .replace("apiServer:", "allowUnknownFlags: true, apiServer:"),
      );
      const { exitCode, stdout, stderr } = await place.controlPlane("deploy");
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain("unknown flag: --no-such-flag");
      const [, ended] = /kube-apiserver ended ([\d.]+) s after/.exec(
        stdout + stderr,
      )!;
      say(`it ended after ${ended} s`);
      place.restore();
    },
  );

  step("has its previous data after it is deployed again", async () => {
    const start = Date.now();
    await place.deploy();
    say(`deployed again in ${seconds(start)}`);
    expect(await place.kubectl("get", "pods", "--output", "name")).toBe(
      "pod/nginx\n",
    );
  });
});
