import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { differences, readHost } from "../../../lib/agent/hosts/delivery";
import {
  DeliveryPlace,
  file,
  here,
  KEY,
  MANIFEST,
  PKI,
  STATE,
} from "./support/delivery-place";
import { localHost, makeCountingPrograms, stepsIn } from "./support/stepped";

const place = DeliveryPlace.inEachTest();
const { at } = place;

describe("delivering files to a host", () => {
  test("creates files and folders, and then finds no differences", async () => {
    const wanted = [
      file(MANIFEST, "etcd", 0o600),
      file(KEY, randomBytes(300_000), 0o640, "0:daemon"),
      file("/var/lib/kubelet/config.yaml", "", 0o644, "daemon:1"),
    ];
    expect(await place.bring(here, wanted)).toBe(3);
    expect(await place.bring(here, wanted)).toBe(0);
    expect(Object.keys(place.tree())).toHaveLength(3);
    expect(readFileSync(at(KEY))).toEqual(wanted[1].content);
    expect(statSync(at(KEY))).toMatchObject({ mode: 0o100640, uid: 0, gid: 1 });
    expect(statSync(at(PKI)).mode & 0o777).toBe(0o755);
    expect(statSync(at(STATE)).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(at(STATE))).mode & 0o777).toBe(0o755);
  });

  test("sends files that differ in content, mode or owner, whether the owner is given by name or id", async () => {
    const wanted = [file("/a", "a"), file("/b", "b"), file("/c", "c")];
    await place.bring(here, wanted);
    writeFileSync(at("/a"), "changed");
    chmodSync(at("/b"), 0o644);
    const state = await readHost(here, ["/a", "/b", "/c", "/none"], {
      root: place.root,
    });
    expect(state.files.get("/c")).toEqual({
      sha256: createHash("sha256").update("c").digest("hex"),
      mode: 0o600,
      ids: "0:0",
      names: "root:root",
    });
    expect(state.files.has("/none")).toBe(false);
    const changedBy = (owner: string): string[] =>
      differences(
        wanted.map((each) => ({ ...each, owner })),
        state,
      ).changed.map(({ path }) => path);
    for (const owner of ["root:root", "0:0", "root:0", "0:root"])
      expect(changedBy(owner)).toEqual(["/a", "/b"]);
    for (const owner of ["root:daemon", "1:0"])
      expect(changedBy(owner)).toEqual(["/a", "/b", "/c"]);
    expect(await place.bring(here, wanted)).toBe(2);
  });

  test("reads the content of requested files", async () => {
    const content = randomBytes(100_000);
    await place.bring(here, [file(KEY, content), file("/empty", "")]);
    symlinkSync(at(KEY), at("/link"));
    const { contents } = await readHost(here, [], {
      root: place.root,
      contents: [KEY, "/none", "/empty", "/link", PKI],
    });
    expect([...contents]).toEqual([
      [KEY, content],
      ["/empty", Buffer.alloc(0)],
      ["/link", content],
    ]);
  });

  test("removes files that are no longer wanted, and folders of Kubernetes that become empty", async () => {
    await place.bring(here, [
      file(`${PKI}/etcd/ca.crt`, "1"),
      file(`${PKI}/ca.crt`, "2"),
      file("/opt/mine/file", "3"),
    ]);
    writeFileSync(at(`${PKI}/not ours`), "");
    expect(await place.bring(here, [])).toBe(3);
    expect(Object.keys(place.tree())).toEqual([`${PKI}/not ours`]);
    expect(existsSync(at(`${PKI}/etcd`))).toBe(false);
    expect(existsSync(at("/opt/mine"))).toBe(true);
    expect(await place.bring(here, [])).toBe(0);
  });

  test("gives a file its owner before others can read it, adds static pods last, and removes them first", async () => {
    const steps = at("/steps");
    const programs = makeCountingPrograms(at("/programs"));
    writeFileSync(
      join(programs, "mv"),
      `#!/bin/sh\nfor last; do :; done\necho "$last" >>"$STEPS"\nexec /bin/mv "$@"\n`,
    );
    writeFileSync(
      join(programs, "rm"),
      `#!/bin/sh\nfor last; do :; done\necho "gone $last" >>"$STEPS"\nexec /bin/rm "$@"\n`,
    );
    const host = localHost({
      path: `${programs}:${process.env.PATH}`,
      environment: { STEPS: steps, DIE_AT: "" },
    });
    // Logs owner and size at each chmod: a file is complete and has its owner before others may read it.
    writeFileSync(
      join(programs, "chmod"),
      `#!/bin/sh\nstat -c '%a %U %s' "$2" >>"$STEPS.modes"\nexec /bin/chmod "$@"\n`,
    );
    await place.bring(host, [
      file(MANIFEST, "a", 0o644, "daemon:root"),
      file("/z", "z"),
    ]);
    expect(stepsIn(`${steps}.modes`).slice(1)).toEqual([
      "600 root 1",
      "600 daemon 1",
    ]);
    await place.bring(host, []);
    const order = stepsIn(steps).filter((line) =>
      /(\/z|etcd\.yaml)$/.test(line),
    );
    expect(order).toEqual([
      at("/z"),
      at(MANIFEST),
      `gone ${at(MANIFEST)}`,
      `gone ${at("/z")}`,
    ]);
  });

  test("keeps the modes of existing folders, and replaces a link but not its target", async () => {
    mkdirSync(at(PKI), { recursive: true, mode: 0o700 });
    writeFileSync(at("/elsewhere"), "theirs");
    symlinkSync(at("/elsewhere"), at(`${PKI}/ca.crt`));
    await place.bring(here, [file(`${PKI}/ca.crt`, "ours", 0o644)]);
    expect(readFileSync(at("/elsewhere"), "utf8")).toBe("theirs");
    expect(readFileSync(at(`${PKI}/ca.crt`), "utf8")).toBe("ours");
    expect(statSync(at(PKI)).mode & 0o777).toBe(0o700);
  });

  test("works with busybox alone", async () => {
    const programs = at("/programs");
    mkdirSync(programs);
    execFileSync("busybox", ["--install", "-s", programs]);
    const busybox = localHost({ path: programs });
    const wanted = [
      file(KEY, "key", 0o640, "root:daemon"),
      file(MANIFEST, "m"),
    ];
    expect(await place.bring(busybox, wanted)).toBe(2);
    expect(await place.bring(busybox, wanted)).toBe(0);
    expect(place.tree(at("/etc"))).toEqual({
      [KEY.slice(4)]: "640 0:1 key",
      [MANIFEST.slice(4)]: "600 0:0 m",
    });
    expect(await place.bring(busybox, [])).toBe(2);
  });
});
