import { PLAIN } from "../../lib/cli/output";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Construct } from "constructs";
import { ControlPlane, NodeAccess } from "../../lib";
import type { ControlPlaneProps } from "../../lib";
import { changeLines, summarize } from "../../lib/cli/plan/changes";
import type { Contents } from "../../lib/cli/plan/contents";
import { readState, type State } from "../../lib/cli/plan/state";
import { contentsIn, stateResources } from "./support/applied";

const root = mkdtempSync(join(tmpdir(), "changes-"));
const directory = join(root, "cdktf.out/stacks/stack");

beforeEach(() => mkdirSync(directory, { recursive: true }));
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Given {
  readonly retire?: boolean;
  readonly machineId?: string;
  readonly user?: string;
  readonly nodes?: readonly string[];
  readonly pools?: Readonly<Record<string, readonly string[]>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** The node whose host is known only at apply. */
  readonly late?: string;
}

/** A stack with nodes on hosts. Options that concern one node apply to the first one. */
const stackOf = remembered(newStack);
/** The state after such a stack was applied. */
const resourcesOf = remembered((given) => stateResources(stackOf(given)));

/** Most tests begin with the same stack, and making one takes longer than its test. */
function remembered<T>(make: (given: Given) => T): (given?: Given) => T {
  const made = new Map<string, T>();
  return (given = {}) => {
    const key = JSON.stringify(given);
    const value = made.get(key) ?? make(given);
    made.set(key, value);
    return value;
  };
}

function newStack(given: Given): TerraformStack {
  const { nodes = ["cp-1", "cp-2", "cp-3"], pools = {}, labels } = given;
  const stack = new TerraformStack(Testing.app(), "stack");
  const variable = new TerraformVariable(stack, "late", {});
  const access = (host: string, user = "admin") =>
    NodeAccess.ssh({
      host: host === given.late ? variable.stringValue : host,
      user,
    });
  const controlPlane = new ControlPlane(stack, "test", {
    clusterName: "test",
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    nodes: nodes.map((name, at): ControlPlaneProps["nodes"][number] => ({
      name,
      address: `10.0.0.${at + 1}`,
      access: access(name, at === 0 ? given.user : undefined),
      ...(at === 0 && { retire: given.retire, machineId: given.machineId }),
    })),
  });
  Object.entries(pools).forEach(([pool, workers], at) =>
    controlPlane.addWorkers(pool, {
      labels,
      nodes: workers.map((name, i) => ({
        name,
        address: `10.0.${at + 1}.${i + 1}`,
        access: access(name),
      })),
    }),
  );
  return stack;
}

/** The contents of the synthesized stack. */
const contentsOf = (given?: Given): Contents =>
  contentsIn(directory, stackOf(given));

/** @param tainted the titles of rollouts that failed */
function stateOf(given?: Given, tainted: readonly string[] = []): State {
  const failed = rollouts(contentsOf(given)).filter(({ title }) =>
    tainted.includes(title),
  );
  const resources = resourcesOf(given).map((resource) => {
    const { type, name, instances } = resource;
    return failed.some(({ address }) => address === `${type}.${name}`)
      ? { ...resource, instances: [{ ...instances[0], status: "tainted" }] }
      : resource;
  });
  return readState(JSON.stringify({ resources }));
}

const rollouts = ({ resources }: Contents) =>
  [...resources.values()].flatMap((row) =>
    row.kind === "rollout" ? [row] : [],
  );

/** The lines about a plan that replaces all rollouts, and destroys those that are no longer in the program. */
function linesAbout(contents: Contents, state: State): string {
  const wanted = rollouts(contents).map(({ address }) => address);
  const gone = [...state.kinds].flatMap(([address, kind]) =>
    kind === "rollout" && !wanted.includes(address) ? [address] : [],
  );
  const plan = {
    changes: [
      ...wanted.map((address) => ({ address, action: "replace" })),
      ...gone.map((address) => ({ address, action: "delete" })),
    ],
    outputs: {},
  };
  return changeLines(summarize(plan, contents, state), PLAIN).join("\n");
}

const mark = (node: string): void => {
  const folder = join(root, "clusters/test/.stamps/nodes");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${node}.json`), '{ "token": "new" }');
};

describe("a rollout is planned alone", () => {
  test("for nodes that a check found to differ", () => {
    const given = { pools: { pool: ["w-1", "w-2"] } };
    const [contents, state] = [contentsOf(given), stateOf(given)];
    mark("cp-2");
    expect(linesAbout(contents, state)).toBe("1 node to repair: cp-2");
    mark("w-1");
    expect(linesAbout(contents, state)).toBe("2 nodes to repair: cp-2, w-1");
  });

  test.each<[string, Given, Given]>([
    ["1 node to retire: cp-1", {}, { retire: true }],
    ["1 node to bring back: cp-1", { retire: true }, {}],
    [
      "1 node to set up again: cp-1",
      { machineId: "1".repeat(32) },
      { machineId: "2".repeat(32) },
    ],
    ["to roll out: test", {}, { machineId: "1".repeat(32) }],
    ["1 node to access in another way: cp-1", {}, { user: "root" }],
    [
      "1 node to label or taint again: w-1",
      { pools: { pool: ["w-1"] } },
      { pools: { pool: ["w-1"] }, labels: { zone: "a" } },
    ],
    ["1 node to remove: cp-3", {}, { nodes: ["cp-1", "cp-2"] }],
    ["2 nodes to remove: w-1, w-2", { pools: { pool: ["w-1", "w-2"] } }, {}],
    ["1 node to set up: cp-4", {}, { nodes: ["cp-1", "cp-2", "cp-3", "cp-4"] }],
  ])("says %s", (words, before, after) => {
    const state = stateOf(before);
    expect(linesAbout(contentsOf(after), state)).toBe(words);
  });

  test("because it failed before, and then no other reason is given", () => {
    const given = { pools: { pool: ["w-1"] } };
    mark("cp-2");
    expect(linesAbout(contentsOf(given), stateOf(given, ["test"]))).toBe(
      "to finish: test",
    );
  });

  test("for a node that moves to another pool, which does not count as removed", () => {
    const state = stateOf({ pools: { a: ["w-1", "w-2"] } });
    const contents = contentsOf({ pools: { a: ["w-1"], b: ["w-2"] } });
    expect(linesAbout(contents, state)).toBe("1 node to set up: w-2");
  });

  test("for hosts that are known only at apply", () => {
    const given = { pools: { pool: ["w-1"] }, late: "cp-1" };
    const contents = contentsOf(given);
    expect(rollouts(contents).map(({ title }) => title)).toEqual([
      "test",
      "test pool",
    ]);
    expect(linesAbout(contents, stateOf(given))).toBe(
      "to roll out: test, test pool",
    );
    expect(
      linesAbout(contentsOf({ ...given, retire: true }), stateOf(given)),
    ).toBe("1 node to retire: cp-1");
  });
});

describe("a construct that has another id", () => {
  const program = (id: string, clusterName = "test"): TerraformStack => {
    const stack = new TerraformStack(Testing.app(), "stack");
    new ControlPlane(new Construct(stack, "infra"), id, {
      clusterName,
      kubernetesVersion: "1.36.3",
      nodes: [{ name: "cp-1", address: "10.0.0.1" }],
    });
    return stack;
  };
  /** The state after an apply, in which each file has the token of its stamp. */
  const applied = (stack: TerraformStack): State => {
    const { resources, kinds } = readState(
      JSON.stringify({ resources: stateResources(stack) }),
    );
    return {
      kinds,
      resources: new Map(
        [...resources].map(([address, each]) => [
          address,
          kinds.get(address) === "artefact"
            ? { ...each, triggers: { ...each.triggers, intact: "token" } }
            : each,
        ]),
      ),
    };
  };
  const stamped = ({ resources, stores }: Contents): void => {
    for (const row of resources.values()) {
      if (row.kind !== "artefact") continue;
      const [file] = row.files;
      const path = join(stores[0].directory, `.stamps/${file}.json`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(
        path,
        JSON.stringify({
          token: "token",
          sha256: "",
          batch: "a",
          purpose: "a",
          kind: "text",
          files: `${file} 0600`,
        }),
      );
    }
  };
  const heading = (contents: Contents, state: State): string => {
    const of = (action: string, addresses: Iterable<string>) =>
      [...addresses].map((address) => ({ address, action }));
    const changes = [
      ...of("create", contents.resources.keys()),
      ...of("delete", state.resources.keys()),
    ];
    return summarize({ changes, outputs: {} }, contents, state).headline;
  };

  test("is told as a rename, and its files as neither made nor removed", () => {
    const contents = contentsIn(directory, program("main"));
    stamped(contents);
    expect(heading(contents, applied(program("prod")))).toBe(
      "infra_prod is now infra_main: 54 files at new addresses in the state",
    );
  });

  test("is told as one cluster to make and one to remove if the stores differ", () => {
    stamped(contentsIn(directory, program("prod")));
    const contents = contentsIn(directory, program("main", "other"));
    expect(heading(contents, applied(program("prod")))).toBe(
      "54 files to make, 54 to remove",
    );
  });
});
