import { mkdirSync, statSync } from "node:fs";
import { oneOfEach } from "./support/artefacts";
import { rolloutRequest } from "./support/rollout";
import { type Asked, batchRequest, Workplace } from "./support/workplace";

const all = oneOfEach();

const rollout: (...names: readonly string[]) => Asked = rolloutRequest;

describe("a teardown", () => {
  const teardown = (retainAuthorities: boolean): Asked => ({
    action: "teardown",
    retainAuthorities,
  });

  test("removes everything but the CAs and the service account key pair, and says so", async () => {
    const place = new Workplace();
    await place.run(batchRequest("cp-1"), all);
    await place.run(rollout("cp-1"));
    const { status, stdout } = await place.run(teardown(true));
    expect(status).toBe(0);
    expect(stdout).toBe(
      "clusters/demo: 4 files removed\nclusters/demo/pki: kept, with the keys of its certificate authorities; delete them when nothing needs them any more\n",
    );
    expect(place.files()).toEqual([
      "pki/ca.crt",
      "pki/ca.key",
      "pki/sa.key",
      "pki/sa.pub",
    ]);
    expect([...place.store.stamps().keys()]).toEqual([
      "pki/ca.crt",
      "pki/sa.key",
    ]);
    expect((await place.run(batchRequest("cp-1"), all)).stdout).toBe(
      "cp-1: 4 files made, 4 unchanged\n",
    );
  });

  test("removes everything if requested", async () => {
    const place = new Workplace();
    await place.run(batchRequest("cp-1"), all);
    expect((await place.run(teardown(false))).stdout).toBe(
      "clusters/demo: 8 files removed\n",
    );
    expect(() => statSync(place.store.directory)).toThrow();
  });

  test("keeps files that other people put into the store", async () => {
    const place = new Workplace();
    await place.run(batchRequest("cp-1"), all);
    place.write("notes.txt", "mine");
    await place.run(teardown(false));
    expect(place.store.files()).toEqual(["notes.txt"]);
  });

  test("succeeds without a store", async () => {
    const { status, stdout } = await new Workplace().run(teardown(true));
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "clusters/demo: nothing to remove\n",
    });
  });

  test("succeeds with an incomplete store", async () => {
    const place = new Workplace();
    mkdirSync(place.path("nodes/cp-1/root"), { recursive: true });
    place.write("inventory.json", '{ "stack": "demo" }');
    place.write(".stamps/kubeconfigs/admin.conf.json", "{");
    expect((await place.run(teardown(true))).status).toBe(0);
    expect(place.files()).toEqual([]);
  });

  test("fails if the inventory cannot be read, because the hosts are unknown then", async () => {
    const place = new Workplace();
    place.write("inventory.json", "{");
    place.write("nodes/cp-1/root/a", "a");
    const { status, stderr } = await place.run(teardown(true));
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Error: clusters\/demo\/inventory\.json cannot be used: it is not JSON\./,
    );
    expect(place.files()).toEqual(["nodes/cp-1/root/a"]);
  });

  test("keeps the store of another stack", async () => {
    const place = new Workplace();
    await place.run(batchRequest("cp-1"), all);
    const { status, stdout } = await place.run({
      ...teardown(false),
      stack: "other",
    });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "clusters/demo: belongs to the stack demo, left as it is\n",
    });
    expect(place.files()).toHaveLength(8);
  });
});
