import { batchRequest, type Asked, Workplace } from "./support/workplace";
import { text } from "./support/artefacts";

const place = new Workplace();
const file = text("nodes/cp-1/root/etc/one", "one");

const ACTIONS: Asked[] = [
  batchRequest("cp-1"),
  { action: "check" },
  { action: "signatures" },
  { action: "teardown", retainAuthorities: false },
  {
    action: "rollout",
    clusterName: "demo",
    kubernetesVersion: "v1.36.3",
    endpoint: "https://demo:6443",
    adminKubeconfig: "kubeconfigs/admin.conf",
    nodes: [],
    pools: {},
    maxUnavailable: 1,
    objects: [],
  },
];

const all = () => [
  ...place.store.files().map((path) => [path, place.read(path)]),
];

beforeAll(async () => {
  const { status } = await place.run(batchRequest("cp-1"), [file]);
  expect(status).toBe(0);
  expect(place.store.inventory()).toEqual({ stack: "demo" });
});

test.each(ACTIONS.map((asked) => [asked.action, asked] as const))(
  "fails a %s of another workspace, and touches nothing",
  async (_, asked) => {
    const before = all();
    const { status, stdout, stderr } = await place.run({
      ...asked,
      workspace: "other",
    });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^Error: clusters\/demo belongs to the workspace default of Terraform, not to other\. Nothing in it was changed\.\n/,
    );
    expect(all()).toEqual(before);
  },
);

test("a store of a named workspace is claimed for it, and refused to requests without a workspace", async () => {
  const named = new Workplace();
  const run = (workspace?: string) =>
    named.run({ ...batchRequest("cp-1"), workspace }, [file]);
  expect((await run("prod-1")).status).toBe(0);
  expect(named.store.inventory()).toEqual({
    stack: "demo",
    workspace: "prod-1",
  });
  expect((await run("prod-1")).status).toBe(0);
  expect((await run()).stderr).toContain(
    "belongs to the workspace prod-1 of Terraform, not to default",
  );
});

test.each([".", ".."])(
  "fails in a workspace with the name %s, whose folder would be another one",
  async (workspace) => {
    const { status, stderr } = await place.run(
      { ...batchRequest("cp-1"), workspace },
      [file],
    );
    expect(status).toBe(1);
    expect(stderr).toContain("leads to another folder");
  },
);
