import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { requestVariables } from "../../lib/request/environment";
import { authority, kubeconfig, oneOfEach, text } from "./support/artefacts";
import { rolloutRequest } from "./support/rollout";
import { type Asked, batchRequest, Workplace } from "./support/workplace";

const all = oneOfEach();

const rollout: (...names: readonly string[]) => Asked = rolloutRequest;

test("says in one line what a batch did, and no secret", async () => {
  const place = new Workplace();
  const { status, stdout, stderr } = await place.run(batchRequest("cp-1"), all);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: "cp-1: 8 files made\n",
    stderr: "",
  });
  const again = await place.run(batchRequest("cp-1"), [
    text("nodes/cp-1/root/a.yaml", "b"),
    ...all.slice(0, 3),
  ]);
  expect(again.stdout).toBe("cp-1: 1 file made, 1 file removed, 6 unchanged\n");
});

test("leaves no working files in the store", async () => {
  const place = new Workplace();
  await place.run(batchRequest("cp-1"), all);
  expect(readdirSync(place.path(".staging"))).toEqual([]);
  expect(readdirSync(place.path(".lock"))).toEqual(["1"]);
});

describe("an expected error prints one message, without a stack", () => {
  test("when it is started by hand", async () => {
    const { status, stderr } = await new Workplace().run(
      { action: "signatures" },
      [],
      { env: { REQUEST_0: "" } },
    );
    expect(status).toBe(1);
    expect(stderr).toBe(
      "Error: The environment holds no request: Terraform starts this program; it cannot be started by hand.\nRun `cdktf-control-plane deploy` instead.\n",
    );
  });

  const REQUEST = requestVariables({ action: "signatures" }).REQUEST_0;
  test.each([
    ["its end is missing", REQUEST.slice(0, -20)],
    ["it is not compressed", Buffer.from("{}").toString("base64")],
    ["it is no JSON", gzipSync("{").toString("base64")],
    ["it is no base64", "{}"],
  ])("when %s", async (_, text) => {
    const { status, stderr } = await new Workplace().run(
      { action: "signatures" },
      [],
      { env: { REQUEST_0: text } },
    );
    expect(status).toBe(1);
    expect(stderr).toBe(
      "Error: The request cannot be read: it is damaged.\nIt was synthesized with another version of the library than this agent's: run your app again, or `cdktf-control-plane deploy`.\n",
    );
  });

  test("when the key of a CA is gone", async () => {
    const place = new Workplace();
    await place.run(batchRequest("ca"), [authority()]);
    rmSync(place.path("pki/ca.key"));
    const { status, stderr } = await place.run(batchRequest("ca"), [
      authority(),
    ]);
    expect(status).toBe(1);
    expect(stderr).toBe(
      [
        "Error: clusters/demo/pki/ca.key is missing: the key of the certificate authority ca, which was made before and is never made twice.",
        "Restore it from a backup of clusters/demo.",
        "To start over with a new one, destroy everything in clusters/demo, delete it, and deploy again. Nothing that was signed before will be trusted then.",
        "",
      ].join("\n"),
    );
  });
});

test("fails if the store cannot be written, and changes nothing", async () => {
  const place = new Workplace();
  chmodSync(place.root, 0o755);
  place.store.open();
  chmodSync(place.store.directory, 0o755);
  const { status, stderr } = await place.run(
    batchRequest("a"),
    [text("a", "a")],
    { uid: 65534 },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^Error: clusters\/demo.* cannot be written \((EACCES|EPERM)\)\.\nThe store must belong to the user/,
  );
  expect(place.files()).toEqual([]);
});

test("fails if one folder of the store cannot be written, and keeps all present files", async () => {
  const place = new Workplace();
  chmodSync(place.root, 0o755);
  place.store.open();
  chownSync(place.store.directory, 65534, 65534);
  const made = await place.run(batchRequest("a"), [text("objects/a", "a")], {
    uid: 65534,
  });
  expect(made).toMatchObject({ status: 0, stderr: "" });
  chownSync(place.path("objects"), 0, 0);
  const { status, stderr } = await place.run(
    batchRequest("a"),
    [text("objects/a", "b"), text("b", "b")],
    { uid: 65534 },
  );
  expect(status).toBe(1);
  expect(stderr).toContain(
    "clusters/demo/objects/a cannot be written (EACCES)",
  );
  expect(place.read("objects/a")).toBe("a");
});

/** A disk of a few pages. */
function tinyDisk(): string {
  const path = mkdtempSync(join(tmpdir(), "disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path]);
  return path;
}

test("a full disk loses no present file, and the next run succeeds when there is space", async () => {
  const disk = tinyDisk();
  try {
    const place = new Workplace(disk);
    await place.run(batchRequest("a"), all);
    const before = place.contents();
    writeFileSync(join(disk, "ballast"), "x".repeat(120_000));
    const changed = [
      ...all.slice(0, 3),
      kubeconfig("https://new"),
      text("b", "b".repeat(100_000)),
    ];
    const { status, stderr } = await place.run(batchRequest("a"), changed);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Error: No space is left for .*\nFree some space on that disk and apply again\./,
    );
    expect(place.contents()).toEqual(before);
    rmSync(join(disk, "ballast"));
    expect(
      (
        await place.run(batchRequest("a"), [
          ...changed.slice(0, 4),
          text("b", "b"),
        ])
      ).status,
    ).toBe(0);
  } finally {
    execFileSync("umount", [disk]);
  }
});

describe("a rollout to directories", () => {
  test("keeps the inventory", async () => {
    const place = new Workplace();
    const { stdout } = await place.run(rollout("cp-1", "cp-2"));
    expect(stdout).toBe(
      "demo: the files of 2 nodes are in clusters/demo/nodes\n",
    );
    expect(place.store.inventory()).toEqual({
      stack: "demo",
      clusterName: "demo",
      kubernetesVersion: "1.36.3",
      endpoint: "demo.example:6443",
      adminKubeconfig: "kubeconfigs/admin.conf",
      nodes: {
        "cp-1": { address: "10.0.0.1", access: { kind: "directory" } },
        "cp-2": { address: "10.0.0.2", access: { kind: "directory" } },
      },
    });
    expect((await place.run(rollout("cp-1", "cp-2"))).stdout).toBe("");
  });

  test("forgets a node that left, with its tree and its stamps, and touches no other", async () => {
    const place = new Workplace();
    await place.batch([text("nodes/cp-1/root/a", "a")]);
    await place.batch([text("nodes/cp-2/root/a", "a")], { batch: "cp-2" });
    await place.run(rollout("cp-1", "cp-2"));
    const { stdout } = await place.run(rollout("cp-1"));
    expect(stdout).toBe(
      "cp-2: no longer in the program, 1 file removed\ndemo: the files of 1 node are in clusters/demo/nodes\n",
    );
    expect(place.files()).toEqual(["nodes/cp-1/root/a"]);
    expect([...place.store.stamps().keys()]).toEqual(["nodes/cp-1/root/a"]);
  });

  test("keeps the drift token of a node", async () => {
    const place = new Workplace();
    place.write(".stamps/nodes/cp-1.json", '{"token":"t"}');
    await place.run(rollout("cp-1"));
    expect(place.read(".stamps/nodes/cp-1.json")).toBe('{"token":"t"}');
  });
});
