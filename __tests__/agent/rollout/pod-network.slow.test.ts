import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUpOnHost } from "../../../lib/agent/rollout/pod-network";
import { podNetworkFiles } from "../../../lib/agent/rollout/pod-network-files";
import { localHost, unshared } from "../preflight/local-host";

/** This machine with an `/etc` and a `/var/lib` of its own, and a `systemctl` that only records its arguments. */
describe("the routes of the pod network", () => {
  const folder = mkdtempSync(join(tmpdir(), "pod-network-"));
  const host = localHost("cp-1", {
    prefix: unshared(
      `cp /etc/passwd /etc/group "$0/etc" && mount --bind "$0/etc" /etc && mount --bind "$0/lib" /var/lib &&
       PATH=$0:$PATH exec "$@"`,
      folder,
    ),
  });
  const own = {
    name: "cp-1",
    addresses: ["10.0.0.1"],
    podCidrs: ["10.1.0.0/24"],
  };
  const other = {
    name: "cp-2",
    addresses: ["10.0.0.2"],
    podCidrs: ["10.1.1.0/24"],
  };
  const filesWith = (...peers: (typeof own)[]) =>
    podNetworkFiles(own, [own, ...peers], ["10.1.0.0/16"]);
  const systemctl = (exitCode: number) =>
    writeFileSync(
      join(folder, "systemctl"),
      `#!/bin/sh\necho "$@" >>"${folder}/calls"\n[ "$1" != restart ] || exit ${exitCode}\n`,
      { mode: 0o755 },
    );
  /** How often the routes were started since the last call. */
  const starts = (): number => {
    const calls = readFileSync(join(folder, "calls"), "utf8");
    writeFileSync(join(folder, "calls"), "");
    return calls.split("\n").filter((call) => call.startsWith("restart"))
      .length;
  };

  beforeAll(() => {
    for (const name of ["etc", "lib"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "calls"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("are started again by the next run if starting them failed", async () => {
    systemctl(1);
    await expect(setUpOnHost(host, filesWith())).rejects.toThrow(
      "cp-1: the routes to the other nodes' pods cannot be set",
    );
    expect(starts()).toBe(1);
    systemctl(0);
    expect(await setUpOnHost(host, filesWith())).toBe(true);
    expect(starts()).toBe(1);
  });

  test("are left alone if nothing differs, and restarted if a node joins", async () => {
    expect(await setUpOnHost(host, filesWith())).toBe(false);
    expect(starts()).toBe(0);
    expect(await setUpOnHost(host, filesWith(other))).toBe(true);
    expect(starts()).toBe(1);
  });
});
