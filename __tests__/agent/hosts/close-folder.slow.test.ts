import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { closeEtcdData } from "../../../lib/agent/rollout/takeover";
import { localHost } from "../preflight/local-host";

/** Below a folder that only root can change, as on a host. */
const root = mkdtempSync("/var/lib/close-folder-");
afterAll(() => rmSync(root, { recursive: true, force: true }));
const host = localHost("cp-1");
const modeOf = (path: string): string =>
  (statSync(path).mode & 0o777).toString(8);

describe("the folder of etcd's data", () => {
  test("is made for root alone, whatever is missing above it", async () => {
    const folder = join(root, "new/etcd");
    await closeEtcdData(host, folder);
    expect(modeOf(folder)).toBe("700");
    expect(modeOf(join(root, "new"))).toBe("755");
  });

  test("is closed if kubelet made it", async () => {
    const folder = join(root, "open");
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    await closeEtcdData(host, folder);
    expect(modeOf(folder)).toBe("700");
  });

  test("stays as it is if it belongs to somebody else, or is a link", async () => {
    const foreign = join(root, "foreign");
    mkdirSync(foreign);
    chmodSync(foreign, 0o750);
    chownSync(foreign, 1, 1);
    await closeEtcdData(host, foreign);
    expect(modeOf(foreign)).toBe("750");
    const target = join(root, "target");
    mkdirSync(target);
    chmodSync(target, 0o755);
    symlinkSync(target, join(root, "link"));
    await closeEtcdData(host, join(root, "link"));
    expect(modeOf(target)).toBe("755");
  });

  test("fails when it cannot be made", async () => {
    const folder = join(root, "x".repeat(300));
    await expect(closeEtcdData(host, folder)).rejects.toThrow(
      "cp-1: the folder of etcd's data cannot be closed to others",
    );
  });
});
