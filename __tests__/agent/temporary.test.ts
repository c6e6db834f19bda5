import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  makeTemporaryFolder,
  requireTemporaryFolder,
} from "../../lib/base/temporary";

const folder = mkdtempSync(join(tmpdir(), "temporary-"));
const before = { ...process.env };
afterEach(() => {
  for (const name of ["TMPDIR", "TMP", "TEMP"])
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["plain", "a%b", "a:b", "a b", "ü", "'quoted'"])(
  "files can be in a folder with the name %s, and nothing stays there",
  (name) => {
    process.env.TMPDIR = mkdtempSync(join(folder, name));
    requireTemporaryFolder();
    expect(readdirSync(process.env.TMPDIR)).toEqual([]);
    const made = makeTemporaryFolder("x-");
    expect(existsSync(made)).toBe(true);
    expect(readdirSync(made)).toEqual([]);
  },
);

writeFileSync(join(folder, "file"), "");

test.each([
  [join(folder, "missing"), "it does not exist"],
  [join(folder, "file"), "it is not a folder"],
  [join(folder, "file/below"), "it does not exist"],
  ["rel/tmp", "it is not an absolute path"],
  [".", "it is not an absolute path"],
  ["/proc", "no files can be written there (ENOENT)"],
  ["/proc/self/fd", "no files can be written there ("],
])("fails when TMPDIR is %s, and names it", (path, reason) => {
  process.env.TMPDIR = path;
  expect(requireTemporaryFolder).toThrow(
    `TMPDIR ${JSON.stringify(path)}, the folder for temporary files, cannot be used: ${reason}`,
  );
  expect(requireTemporaryFolder).toThrow("Set TMPDIR to the absolute path");
});

test("fails with the name of the variable that counts", () => {
  delete process.env.TMPDIR;
  process.env.TMP = "/nonexistent";
  expect(requireTemporaryFolder).toThrow(/^TMP "\/nonexistent", the folder/);
});
