import {
  existsSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority } from "../agent/support/artefacts";
import { batchRequest } from "../agent/support/workplace";
import { expectSentence, made, teardown } from "./support/made-store";

describe("a teardown", () => {
  const outside = mkdtempSync(join(tmpdir(), "outside-"));
  const precious = join(outside, "precious");
  beforeEach(() => writeFileSync(precious, "mine"));
  afterEach(() => expect(existsSync(precious)).toBe(true));
  afterAll(() => rmSync(outside, { recursive: true }));

  test.each(["../../../x", "/etc/passwd", "a/../../b", ".", "a\u0000b"])(
    "fails when a stamp names %j",
    async (path) => {
      const place = await made();
      const stamp = JSON.parse(place.read(".stamps/a.crt.json"));
      place.write(
        ".stamps/a.crt.json",
        JSON.stringify({ ...stamp, files: `${path} 0600` }),
      );
      expectSentence(await place.run(teardown), "\\.stamps/a\\.crt\\.json");
    },
  );

  test.each(["nodes", "pki", "kubeconfigs", ".stamps", "processes"])(
    "fails when %s is a link to a foreign folder, and removes nothing there",
    async (folder) => {
      const place = await made();
      rmSync(place.path(folder), { recursive: true, force: true });
      symlinkSync(outside, place.path(folder));
      expectSentence(await place.run(teardown), folder.replaceAll(".", "\\."));
    },
  );

  test.each(["certificate", "api-proxy", "service-account-token"])(
    "keeps the key of a CA even if the stamp of a %s lists it",
    async (kind) => {
      const place = await made();
      const stamp = JSON.parse(place.read(".stamps/a.crt.json"));
      const files = "a.crt 0644\npki/ca.key 0600\npki/ca.crt 0644";
      place.write(
        ".stamps/a.crt.json",
        JSON.stringify({ ...stamp, kind, files }),
      );
      expect(
        (await place.run({ ...teardown, retainAuthorities: true })).status,
      ).toBe(0);
      expect(existsSync(place.path("pki/ca.key"))).toBe(true);
      expect(existsSync(place.path("pki/ca.crt"))).toBe(true);
    },
  );

  test("removes the store's own .gitignore, too", async () => {
    const place = await made();
    expect(place.read(".gitignore")).toBe("*\n");
    expect((await place.run(teardown)).status).toBe(0);
    expect(existsSync(place.store.directory)).toBe(false);
  });

  test("keeps a user's .gitignore", async () => {
    const place = await made();
    place.write(".gitignore", "*.log\n");
    expect((await place.run(batchRequest("ca"), [authority()])).status).toBe(0);
    await place.run(teardown);
    expect(place.read(".gitignore")).toBe("*.log\n");
  });
});
