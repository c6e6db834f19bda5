import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeFile } from "../../../lib/agent/kubeconfig/file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a kubeconfig in another encoding than UTF-8 is refused, and stays byte for byte", async () => {
  const path = join(folder, "config");
  const text = Buffer.from("# caf\xe9\nkind: Config\n", "latin1");
  writeFileSync(path, text);
  const place = { shown: "~/.kube/config", path, isTheirs: true };
  await expect(
    changeFile(place, (before) => ({ text: `${before}users: []\n` })),
  ).rejects.toThrow(/~\/\.kube\/config .*: it is not UTF-8/);
  expect(readFileSync(path)).toEqual(text);
  expect(readdirSync(folder)).toEqual(["config"]);
});
