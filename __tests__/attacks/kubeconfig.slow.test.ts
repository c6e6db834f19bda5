import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { AgentError } from "../../lib/base/errors";
import { changeFile } from "../../lib/agent/kubeconfig/file";
import { Attacker } from "./support/attacker";

const RUNS = 300;
const SECRET = "only root may read this";

/** The user in whose home root (with sudo, for example) changes a kubeconfig. */
const user = Attacker.make();
afterAll(() => user.remove());

let root: string;
const home = (path = ""): string => join(root, "home", path);
/** A folder that only root may change. */
const outside = (path = ""): string => join(root, "outside", path);
const CONFIG = ".kube/config";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  chmodSync(root, 0o755);
  mkdirSync(outside(), { mode: 0o755 });
  writeFileSync(outside("config"), SECRET, { mode: 0o600 });
  user.folder(home());
});

afterEach(() => {
  user.stop();
  expect(readdirSync(outside())).toEqual(["config"]);
  expect(readFileSync(outside("config"), "utf8")).toBe(SECRET);
  expect(statSync(outside("config"))).toMatchObject({ uid: 0, mode: 0o100600 });
  expect(statSync(outside())).toMatchObject({ uid: 0, mode: 0o40755 });
  // Only regular files: the target of the links was checked above.
  const files = execFileSync("find", [home(), "-type", "f"]).toString();
  for (const file of files.split("\n").filter(Boolean))
    expect(readFileSync(file, "utf8")).not.toContain(SECRET);
  rmSync(root, { recursive: true, force: true });
});

const change = (path: string, text: string | undefined) =>
  changeFile(
    { clock: SYSTEM_CLOCK, shown: path, path, isTheirs: true },
    (before) => {
      expect(before ?? "").not.toContain(SECRET);
      return { text };
    },
  );

/** Tries many changes, and returns how many succeeded. Each failure must be an error for users. */
async function changeOften(path: string): Promise<number> {
  let done = 0;
  for (let run = 0; run < RUNS; run++)
    try {
      await change(path, `users: [] # ${run}\n`);
      done++;
    } catch (error) {
      expect(error).toBeInstanceOf(AgentError);
    }
  return done;
}

describe("a user who swaps links in a loop while root changes the user's kubeconfig", () => {
  test("does not get a foreign file by a link at the path of the file", async () => {
    user.file(home(CONFIG), "users: []\n");
    await user.swaps({ path: home(CONFIG), target: outside("config") });
    await changeOften(home(CONFIG));
  });

  test("cannot make root write to another folder by a link at the path of the folder", async () => {
    user.file(home(CONFIG), "users: []\n");
    await user.swaps({ path: home(".kube"), target: outside() });
    await changeOften(home(CONFIG));
  });

  test("cannot make root write or remove files by links at the paths of the lock and the copy", async () => {
    user.file(home(CONFIG), "users: []\n");
    await user.swaps(
      { path: home(`${CONFIG}.lock~`), target: outside("config") },
      {
        path: home(`${CONFIG}.before-cdktf-control-plane`),
        target: outside("new"),
      },
    );
    expect(await changeOften(home(CONFIG))).toBeGreaterThan(0);
  });
});

describe("a user's link", () => {
  test.each([
    ["the file", CONFIG, "config"],
    ["the folder", ".kube", "."],
    ["a folder above", "a", "."],
  ])(
    "at the path of %s is not followed to a place where the user cannot write",
    async (_, at, target) => {
      user.run("mkdir", ["-p", join(home(at), "..")]);
      user.run("ln", ["-s", join(outside(), target), home(at)]);
      const path = at === "a" ? home("a/config") : home(CONFIG);
      await expect(change(path, "users: []\n")).rejects.toThrow(
        `leads to a folder of root`,
      );
      await expect(change(path, undefined)).rejects.toThrow(AgentError);
      expect(readdirSync(outside())).toEqual(["config"]);
    },
  );

  test("to a file of root's in the user's folder is not followed", async () => {
    user.file(home("theirs/config"), "users: []\n");
    writeFileSync(home("theirs/root"), SECRET.slice(1), { mode: 0o600 });
    user.run("mkdir", [home(".kube")]);
    user.run("ln", ["-s", home("theirs/root"), home(CONFIG)]);
    await expect(change(home(CONFIG), "users: []\n")).rejects.toThrow(
      `root belongs to root, in a folder of user ${user.uid}`,
    );
  });

  test("to a file of the user's stays a link, and the file keeps its owner", async () => {
    user.file(home("dotfiles/kubeconfig"), "users: []\n");
    user.run("mkdir", [home(".kube")]);
    user.run("ln", ["-s", "../dotfiles/kubeconfig", home(CONFIG)]);
    await change(home(CONFIG), "users: [] # new\n");
    expect(readlinkSync(home(CONFIG))).toBe("../dotfiles/kubeconfig");
    expect(user.run("cat", [home(CONFIG)])).toBe("users: [] # new\n");
    expect(
      user.run("cat", [home("dotfiles/kubeconfig.before-cdktf-control-plane")]),
    ).toBe("users: []\n");
  });
});

describe("a kubeconfig that root writes for a user", () => {
  test("belongs to the user, with the folders that it needs", async () => {
    await change(home("a/.kube/config"), "users: []\n");
    expect(user.run("cat", [home("a/.kube/config")])).toBe("users: []\n");
    for (const path of ["a", "a/.kube", "a/.kube/config"])
      expect(statSync(home(path))).toMatchObject({
        uid: user.uid,
        gid: user.gid,
      });
    expect(statSync(home("a/.kube/config")).mode & 0o777).toBe(0o600);
    expect(readdirSync(home("a/.kube"))).toEqual(["config"]);
    await change(home("a/.kube/config"), undefined);
    expect(existsSync(home("a/.kube/config"))).toBe(false);
  });

  test("is refused if everybody can write to a folder of its path", async () => {
    mkdirSync(join(root, "share"));
    chmodSync(join(root, "share"), 0o777);
    await expect(
      change(join(root, "share/config"), "users: []\n"),
    ).rejects.toThrow(
      `users other than root can write to ${join(root, "share")}`,
    );
    expect(readdirSync(join(root, "share"))).toEqual([]);
  });

  test("is refused if a user's file exists at its path in a sticky folder", async () => {
    mkdirSync(join(root, "tmp"));
    chmodSync(join(root, "tmp"), 0o1777);
    user.file(join(root, "tmp/his"), "users: []\n");
    user.run("ln", ["-s", outside("config"), join(root, "tmp/link")]);
    for (const name of ["his", "link"])
      await expect(
        change(join(root, "tmp", name), "users: [] # new\n"),
      ).rejects.toThrow(AgentError);
    await change(join(root, "tmp/new"), "users: []\n");
    expect(statSync(join(root, "tmp/new"))).toMatchObject({ uid: 0 });
  });

  test("is refused if there is a pipe at its path, without waiting for a writer", async () => {
    user.run("mkdir", [home(".kube")]);
    user.run("mkfifo", [home(CONFIG)]);
    await expect(change(home(CONFIG), "users: []\n")).rejects.toThrow(
      "config is a FIFO.\nReplace it with a regular file",
    );
  });

  test("is refused if the file is too large, without reading it", async () => {
    user.run("mkdir", [home(".kube")]);
    user.run("truncate", ["--size=3G", home(CONFIG)]);
    await expect(change(home(CONFIG), "users: []\n")).rejects.toThrow(
      "config has more than 4 MiB.\nReplace it with a regular file",
    );
    rmSync(home(CONFIG));
  });
});
