import { readFileSync, writeFileSync } from "node:fs";
import { cluster, STORE } from "../support/cluster";
import { requestOf } from "../support/requests";
import { Deployment, NOTHING } from "../support/terraform";

/** Runs an action in another workspace, which is created if necessary, and returns to the default one. */
function inWorkspace<T>(
  deployment: Deployment,
  name: string,
  action: () => T,
): T {
  const workspace = (command: string, to: string) =>
    deployment.terraform("stack", "workspace", command, to);
  const known = deployment.terraform("stack", "workspace", "list");
  workspace(known.includes(name) ? "select" : "new", name);
  try {
    return action();
  } finally {
    workspace("select", "default");
  }
}

describe("a store of the default workspace", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());
  let before: Record<string, string>;
  const inventory = () => deployment.read(`${STORE}/inventory.json`);
  beforeAll(() => {
    deployment.program(cluster()).apply();
    before = deployment.hashes(STORE);
  });
  afterEach(() => {
    expect(deployment.hashes(STORE)).toEqual(before);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test.each(["plan", "apply"])(
    "fails the %s of another workspace with its owner and the solution",
    (command) => {
      const owner = inventory();
      const locks = deployment.files(`${STORE}/.lock`);
      const run = inWorkspace(deployment, "other", () =>
        command === "plan" ? deployment.tryPlan() : deployment.tryApply(),
      );
      expect(run.ok).toBe(false);
      expect(run.lines).toEqual([]);
      const errors = run.errors.join("\n");
      expect(errors).toContain(
        "clusters/test belongs to the workspace default of Terraform, not to other",
      );
      expect(errors).toContain("clusters/${terraform.workspace}");
      expect(inventory()).toBe(owner);
      expect(deployment.files(`${STORE}/.lock`)).toEqual(locks);
    },
  );

  test.each([null, [], {}, ""])(
    "fails a plan if somebody wrote %j as its workspace",
    (workspace) => {
      const owner = inventory();
      const broken = { ...JSON.parse(owner), workspace };
      deployment.write(`${STORE}/inventory.json`, JSON.stringify(broken));
      const run = deployment.tryPlan();
      deployment.write(`${STORE}/inventory.json`, owner);
      expect(run.ok).toBe(false);
      expect(run.errors.join("\n")).toContain(
        `belongs to the workspace ${JSON.stringify(workspace)} of Terraform, not to default`,
      );
    },
  );

  test("fails a targeted apply in another workspace, whose plan does not read the store", () => {
    const [authority] = Object.entries(
      deployment.synthesized().resource?.terraform_data ?? {},
    ).find(([, resource]) => {
      const request = requestOf(resource);
      return request?.action === "batch" && request.batch === "pki/ca";
    }) ?? [""];
    expect(authority).not.toBe("");
    const run = inWorkspace(deployment, "other", () =>
      deployment.tryApply("stack", `-target=terraform_data.${authority}`),
    );
    expect(run.ok).toBe(false);
    expect(run.text).toContain("belongs to the workspace default");
    // That workspace only has the record of the failed batch.
    inWorkspace(deployment, "other", () => deployment.destroy());
  });

  test("is not touched by a destroy in an empty workspace", () => {
    const run = inWorkspace(deployment, "other", () => deployment.destroy());
    expect(run.changes).toEqual(NOTHING);
    expect(run.lines).toEqual([]);
  });

  test("fails the destroy of a state that was copied to another workspace", () => {
    const state = deployment.terraform("stack", "state", "pull");
    const copy = deployment.path("copy.tfstate");
    writeFileSync(copy, state.replace(/"lineage": "[^"]+",\n/, ""));
    inWorkspace(deployment, "copy", () => {
      deployment.terraform("stack", "state", "push", "-force", copy);
      const run = deployment.tryApply("stack", "-destroy");
      expect(run.ok).toBe(false);
      expect(run.text).toContain("belongs to the workspace default");
      expect(run.text).toContain("not to copy");
    });
  });
});

test("two workspaces have two clusters, each in its own store, and one can be destroyed without the other", () => {
  const deployment = new Deployment();
  try {
    deployment.program(
      cluster({ outputDirectory: "clusters/${terraform.workspace}" }, (one) => {
        expect(one.store.directory).toBe(
          "clusters/${terraform.workspace}/test",
        );
      }),
    );
    const ca = (name: string) =>
      readFileSync(deployment.path(`clusters/${name}/test/pki/ca.crt`), "utf8");

    const first = deployment.apply();
    const second = inWorkspace(deployment, "prod-1.eu", () =>
      deployment.apply(),
    );

    expect(first.lines).toContain(
      "test: the files of 1 node are in clusters/default/test/nodes",
    );
    expect(second.lines).toContain(
      "test: the files of 1 node are in clusters/prod-1.eu/test/nodes",
    );
    expect(ca("default")).not.toBe(ca("prod-1.eu"));
    expect(deployment.plan().changes).toEqual(NOTHING);
    inWorkspace(deployment, "prod-1.eu", () => {
      expect(deployment.plan().changes).toEqual(NOTHING);
      expect(deployment.destroy().lines).toContainEqual(
        expect.stringMatching(/^clusters\/prod-1.eu\/test: \d+ files removed$/),
      );
    });
    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(deployment.files("clusters/default/test/nodes")).not.toEqual([]);
    expect(deployment.files("clusters/prod-1.eu/test/nodes")).toEqual([]);
  } finally {
    deployment.dispose();
  }
});

test("a store of a named workspace is refused in the default one, and accepted after its state was moved on purpose", () => {
  const deployment = new Deployment();
  try {
    deployment.program(cluster());
    inWorkspace(deployment, "prod", () => deployment.apply());
    const before = deployment.hashes(STORE);

    const foreign = deployment.tryPlan();
    expect(foreign.errors.join()).toContain(
      "belongs to the workspace prod of Terraform, not to default",
    );

    const state = inWorkspace(deployment, "prod", () =>
      deployment.terraform("stack", "state", "pull"),
    );
    deployment.write("moved.tfstate", state);
    const moved = deployment.path("moved.tfstate");
    deployment.terraform("stack", "state", "push", moved);
    const inventory = JSON.parse(deployment.read(`${STORE}/inventory.json`));
    expect(inventory.workspace).toBe("prod");
    deployment.write(
      `${STORE}/inventory.json`,
      JSON.stringify({ ...inventory, workspace: "default" }),
    );
    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(deployment.hashes(STORE)).toEqual(before);
    expect(deployment.destroy().ok).toBe(true);
    expect(deployment.files(`${STORE}/nodes`)).toEqual([]);
  } finally {
    deployment.dispose();
  }
});

test("a store of another stack fails the plan, before an apply begins", () => {
  const deployment = new Deployment();
  try {
    deployment.program({ one: cluster(), other: () => {} }).apply("one");
    const before = deployment.hashes(STORE);
    deployment.program({ one: () => {}, other: cluster() });
    const run = deployment.tryPlan("other");
    expect(run.ok).toBe(false);
    expect(run.errors.join()).toContain(
      "clusters/test belongs to the stack one, not to other",
    );
    expect(deployment.hashes(STORE)).toEqual(before);
  } finally {
    deployment.dispose();
  }
});
