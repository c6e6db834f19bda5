import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";

const NODES = [node(1), node(2)];

const deployment = new Deployment();
afterAll(() => deployment.dispose());

const KUBERNETES = "nodes/cp-1/root/etc/kubernetes";
const MANIFEST = `${STORE}/${KUBERNETES}/manifests/kube-scheduler.yaml`;
const obstacle = () => deployment.path(MANIFEST);

/** Puts a folder with a file at the path of a file that should be made. */
function obstruct(): void {
  rmSync(obstacle(), { recursive: true, force: true });
  mkdirSync(join(obstacle(), "in the way"), { recursive: true });
}

const clear = () => rmSync(obstacle(), { recursive: true });

describe("an apply that fails halfway", () => {
  test("names the file and the reason, and leaves the other nodes made", () => {
    obstruct();

    const run = deployment.program(cluster({ nodes: NODES })).tryApply();

    expect(run.ok).toBe(false);
    expect(run.errors.join("\n")).toContain("kube-scheduler.yaml");
    expect(deployment.files(STORE)).toContain(
      `${KUBERNETES.replace("cp-1", "cp-2")}/pki/apiserver.crt`,
    );
    expect(run.lines.join("\n")).not.toContain("the files of 2 nodes");
  });

  test("is repaired by the next one, which makes nothing twice", () => {
    clear();
    const before = deployment.hashes(STORE);

    deployment.apply();

    expect(deployment.hashes(STORE)).toMatchObject(before);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("keeps the good files if the change is undone", () => {
    const before = deployment.hashes(STORE);
    const changed = cluster({
      nodes: NODES,
      certSans: ["further.example.org"],
      scheduler: { extraArgs: { v: "4" } },
    });
    // At the path of the staging folder.
    deployment.remove(`${STORE}/.staging`);
    deployment.write(`${STORE}/.staging`, "");
    expect(deployment.program(changed).tryApply().ok).toBe(false);
    deployment.remove(`${STORE}/.staging`);

    deployment.program(cluster({ nodes: NODES })).apply();

    expect(deployment.hashes(STORE)).toEqual(before);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("can be destroyed from there", () => {
    deployment.program(
      cluster({ nodes: NODES, scheduler: { extraArgs: { v: "5" } } }),
    );
    obstruct();
    expect(deployment.tryApply().ok).toBe(false);

    expect(deployment.destroy().ok).toBe(true);

    expect(deployment.files(`${STORE}/nodes`)).toEqual([]);
  });
});

describe("a first apply that fails", () => {
  const first = new Deployment();
  afterAll(() => first.dispose());

  test("fails when the store cannot be made, and says so", () => {
    first.write("clusters", "a file where the folder should go");

    const run = first.program(cluster()).tryApply();

    expect(run.ok).toBe(false);
    expect(run.errors.join("\n")).toMatch(/clusters\/test.*cannot be written/);
  });

  test("can be destroyed from there", () => {
    expect(first.destroy().ok).toBe(true);
  });

  test("can be continued once the obstacle is removed", () => {
    first.remove("clusters");
    first.apply();
    expect(first.plan().changes).toEqual(NOTHING);
  });

  test("changes nothing when the agent is replaced", () => {
    const agent = join(
      first.folder(),
      "assets/control-plane-agent/current/agent.cjs",
    );
    appendFileSync(agent, "\n// of a later version\n");

    expect(first.plan().changes).toEqual(NOTHING);
  });

  test("refuses the store of another stack", () => {
    const other = cluster({ nodes: [node(1)] });
    first.program({ stack: other, other: () => {} });
    first.program({ other });

    const run = first.tryApply("other");

    expect(run.ok).toBe(false);
    expect(run.errors.join("\n")).toMatch(
      /clusters\/test belongs to the stack stack, not to other/,
    );
  });
});
