import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "../agent/support/artefacts";
import { batchRequest, Workplace } from "../agent/support/workplace";

const place = new Workplace();
afterAll(() => rmSync(place.root, { recursive: true }));

test("fails when ps, which is used without /proc, hangs and ignores SIGTERM", async () => {
  const ps = join(place.root, "ps");
  writeFileSync(ps, "#!/bin/sh\ntrap '' TERM\nexec sleep 1000\n");
  chmodSync(ps, 0o755);
  const preload = join(place.root, "elsewhere.js");
  writeFileSync(
    preload,
    'Object.defineProperty(process, "platform", { value: "darwin" });',
  );
  const { stderr, status } = await place.run(
    batchRequest("cp-1"),
    [text("nodes/cp-1/root/etc/one", "one")],
    { preload, env: { PATH: `${place.root}:${process.env.PATH}` } },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^Error: (test: )?ps, which lists the processes of this machine, did not end within 10 s/,
  );
  expect(place.files()).toEqual([]);
});
