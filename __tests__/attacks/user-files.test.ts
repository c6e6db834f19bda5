import { execFileSync } from "node:child_process";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSource } from "../../lib/agent/hosts/binary-facts";
import { readArchive } from "../../lib/agent/hosts/image-archive";
import { file } from "../agent/support/artefacts";
import { batchRequest, Workplace } from "../agent/support/workplace";

const place = new Workplace();
const at = (name: string): string => join(place.root, name);
execFileSync("mkfifo", [at("fifo")]);

afterAll(() => rmSync(place.root, { recursive: true }));

/** Paths that a user named, at which there is something other than a regular file. */
const NO_FILES = [
  ["a FIFO", at("fifo")],
  ["a device", "/dev/zero"],
  ["a folder", place.root],
] as const;

test.each(NO_FILES)(
  "fails without waiting when an image archive is %s",
  (kind, path) => expect(readArchive(path)).rejects.toThrow(`it is ${kind}`),
);

test.each(NO_FILES)(
  "fails without waiting when a binary is %s",
  async (kind, path) => {
    const source = { file: path, sha256: "0".repeat(64) };
    await expect(
      readSource({ path: "/usr/bin/etcd", source }, "cp-1"),
    ).rejects.toThrow(
      `${path}, given for /usr/bin/etcd of cp-1, cannot be read: it is ${kind}.`,
    );
  },
);

test.each(NO_FILES)(
  "fails without waiting when a file of a node is %s",
  async (kind, path) => {
    const wanted = file("nodes/cp-1/root/etc/one", path, "0".repeat(64));
    const { stderr, status } = await place.run(batchRequest("cp-1"), [wanted]);
    expect(status).toBe(1);
    expect(stderr).toContain(`cannot be read: it is ${kind}.`);
  },
);

test("fails without reading when a file of a node is too large for a store", async () => {
  writeFileSync(at("large"), "");
  truncateSync(at("large"), 2 ** 31 - 1);
  const wanted = file("nodes/cp-1/root/etc/one", at("large"), "0".repeat(64));
  const { stderr, status } = await place.run(batchRequest("cp-1"), [wanted]);
  expect(status).toBe(1);
  expect(stderr).toContain(
    "cannot be read: it has 2147483647 bytes, and at most 67108864 are allowed.",
  );
});
