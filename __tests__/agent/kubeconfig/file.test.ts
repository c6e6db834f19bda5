import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { changeFile } from "../../../lib/agent/kubeconfig/file";
import { TSX } from "../../support/tsx";

const LIB = join(__dirname, "../../../lib");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a kubeconfig that is not UTF-8 is refused and not changed", async () => {
  const path = join(folder, "config");
  const text = Buffer.from("# caf\xe9\nkind: Config\n", "latin1");
  writeFileSync(path, text);
  const place = {
    clock: SYSTEM_CLOCK,
    shown: "~/.kube/config",
    path,
    isTheirs: true,
  };
  await expect(
    changeFile(place, (before) => ({ text: `${before}users: []\n` })),
  ).rejects.toThrow(/~\/\.kube\/config .*: it is not UTF-8/);
  expect(readFileSync(path)).toEqual(text);
  expect(readdirSync(folder)).toEqual(["config"]);
});

describe("the lock of a kubeconfig, which kubectl uses as well,", () => {
  const addUsers = (path: string) =>
    changeFile(
      { clock: SYSTEM_CLOCK, shown: path, path, isTheirs: true },
      () => ({
        text: "users: []\n",
      }),
    );

  test("is removed if its holder was an agent that was killed", async () => {
    const path = join(folder, "config");
    const script = join(folder, "killed.ts");
    writeFileSync(
      script,
      `import { changeFile } from ${JSON.stringify(join(LIB, "agent/kubeconfig/file"))};
       import { SYSTEM_CLOCK as clock } from ${JSON.stringify(join(LIB, "base/clock"))};
       const place = { clock, shown: "config", path: ${JSON.stringify(path)}, isTheirs: true };
       void changeFile(place, () => process.kill(process.pid, "SIGKILL") as never);`,
    );
    spawnSync(process.execPath, [...TSX, script], { timeout: 30_000 });
    rmSync(script);
    expect(readdirSync(folder)).toEqual(["config.lock"]);
    await addUsers(path);
    expect(readdirSync(folder)).toEqual(["config"]);
  });

  test("makes an agent wait for another agent", async () => {
    const path = join(folder, "config");
    const order: string[] = [];
    await Promise.all(
      ["a", "b"].map((name) =>
        changeFile(
          { clock: SYSTEM_CLOCK, shown: path, path, isTheirs: false },
          (before = "") => {
            order.push(before);
            return { text: `${before}${name}` };
          },
        ),
      ),
    );
    expect(order).toEqual(["", "a"]);
    expect(readFileSync(path, "utf8")).toBe("ab");
  });

  test("makes an agent wait for kubectl", async () => {
    const path = join(folder, "config");
    writeFileSync(`${path}.lock`, "");
    const change = addUsers(path);
    await new Promise(setImmediate);
    expect(readdirSync(folder)).toEqual(["config.lock"]);
    rmSync(`${path}.lock`);
    await change;
    expect(readdirSync(folder)).toEqual(["config"]);
  });
});
