import {
  Duration,
  Etcd,
  NodeAccess,
  type ControlPlaneProps,
  type NodeProps,
  type WorkerPoolProps,
} from "../../lib";
import { cluster, node, STORE } from "../support/cluster";
import { Machine } from "../support/machine";
import { RecordedRollouts } from "../support/recorded-rollouts";
import {
  Deployment,
  NOTHING,
  type Program,
  replaced,
} from "../support/terraform";
import { triggersOf } from "../support/resources";

/** Terraform's part of a rollout: when it runs, and why. The agent is real, except that it connects to no host. */
const deployment = new Deployment();
afterAll(() => deployment.dispose());

const rollouts = new RecordedRollouts(deployment);
const program = (of: Program) => rollouts.program(of);
const requests = () => rollouts.requests();

const ssh = (host: string, user = "admin") => NodeAccess.ssh({ host, user });
const host = (number: number, props: Partial<NodeProps> = {}) =>
  node(number, { access: ssh(`10.0.0.1${number}`), ...props });
const HOSTS = [host(1), host(2), host(3)];
const worker = (number: number) => ({
  name: `w-${number}`,
  address: `10.0.0.2${number}`,
  access: ssh(`10.0.0.2${number}`),
});

const withWorkers = (
  props: Partial<ControlPlaneProps>,
  linux: Partial<WorkerPoolProps> = {},
) =>
  cluster(props, (controlPlane) => {
    controlPlane.addWorkers("linux", {
      nodes: [worker(1), worker(2)],
      ...linux,
    });
    controlPlane.addWorkers("storage", {
      nodes: [worker(3)],
      drainTimeout: Duration.minutes(1),
    });
  });

test("the control plane is rolled out first, then one pool after the other", () => {
  program(withWorkers({ nodes: HOSTS })).apply();

  const rollouts = requests().filter(({ action }) => action === "rollout");
  expect(rollouts.map(({ pool }) => pool?.name)).toEqual([
    undefined,
    "linux",
    "storage",
  ]);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

describe("a host that was found to differ from its tree", () => {
  const check = (name: string, token: string) =>
    deployment.write(
      `${STORE}/.stamps/nodes/${name}.json`,
      JSON.stringify({ token }),
    );

  test("is planned to be rolled out, alone, and the plan names it", () => {
    check("cp-2", "2030-01-01T00:00:00Z");

    const [{ change }] = deployment
      .planJson()
      .resource_changes.filter(({ change }) => change.actions[0] !== "no-op");
    expect(triggersOf(change.before)).toMatchObject({ "check cp-2": "" });
    expect(triggersOf(change.after)).toMatchObject({
      "check cp-1": "",
      "check cp-2": "2030-01-01T00:00:00Z",
    });
    expect(deployment.apply().changes).toEqual(replaced("rollout"));
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("is planned again when it differs again", () => {
    check("cp-2", "2030-01-02T00:00:00Z");

    expect(deployment.apply().changes).toEqual(replaced("rollout"));
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("is rolled out with its pool if it is a worker", () => {
    check("w-3", "2030-01-01T00:00:00Z");

    expect(deployment.apply().changes).toEqual(replaced("rollout storage"));
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

describe("a changed property of a node rolls it out again, without making a file:", () => {
  const MACHINE = "0123456789abcdef0123456789abcdef";

  test.each([
    [
      "another machine",
      { nodes: [host(1), host(2, { machineId: MACHINE }), host(3)] },
      ["rollout"],
    ],
    [
      "retire",
      { nodes: [host(1), host(2), host(3, { retire: true })] },
      ["rollout"],
    ],
    [
      "another access",
      {
        nodes: [
          host(1, { access: ssh("10.0.0.11", "root") }),
          host(2),
          host(3),
        ],
      },
      ["access cp-1", "rollout"],
    ],
  ] as [string, Partial<ControlPlaneProps>, string[]][])(
    "%s",
    (_, props, names) => {
      program(withWorkers(props));

      expect(deployment.plan().changes).toEqual(replaced(...names));
    },
  );

  test("a worker's labels", () => {
    program(
      withWorkers({ nodes: HOSTS }, { labels: { "example.org/disk": "ssd" } }),
    );

    expect(deployment.plan().changes).toEqual(replaced("rollout linux"));
  });
});

test("an added or removed pool is one line of the control plane's rollout", () => {
  program(cluster({ nodes: HOSTS }));

  const { changes } = deployment.plan();
  expect(changes.replaced).toEqual(["rollout"]);
  expect(changes.deleted).toEqual(
    expect.arrayContaining(["access w-1", "batch nodes/w-1", "rollout linux"]),
  );
  const rollout = deployment
    .planJson()
    .resource_changes.find(({ change }) => triggersOf(change.before)?.pools);
  expect(rollout?.change.actions).toEqual(["delete", "create"]);
  expect(triggersOf(rollout!.change.before)).toEqual({
    ...triggersOf(rollout!.change.after),
    pools: "linux, storage",
  });
});

describe("nodes that leave the list", () => {
  const inventory = (nodes: Record<string, object>) =>
    deployment.write(
      `${STORE}/inventory.json`,
      JSON.stringify({ stack: "stack", nodes }),
    );
  const member = { member: true };
  const members = { "cp-1": member, "cp-2": member, "cp-3": member };
  const quorum = () => {
    const { ok, errors } = deployment.tryPlan();
    expect(ok).toBe(errors.length === 0);
    return errors.join("\n").replaceAll("\n", " ");
  };
  const one = withWorkers({ nodes: [host(1)] });

  test("fail the plan if etcd would lose its quorum", () => {
    inventory(members);
    program(one);

    expect(quorum()).toContain(
      "etcd would lose its quorum: of its members cp-1, cp-2, cp-3 these are no longer among the nodes: cp-2, cp-3.",
    );
    expect(quorum()).toContain("retire: true");
  });

  test("may be as many as leave a majority", () => {
    inventory(members);
    program(withWorkers({ nodes: [host(1), host(3)] }));

    expect(quorum()).toBe("");
  });

  test("may be any that were retired before", () => {
    const retired = { member: true, retired: true };
    inventory({ "cp-1": member, "cp-2": retired, "cp-3": retired });
    program(one);

    expect(quorum()).toBe("");
  });

  test("may be any before there is a cluster, and any workers at all times", () => {
    inventory({ "cp-1": {}, "cp-2": {}, "w-1": {}, "w-2": {} });
    program(cluster({ nodes: [host(1)] }));
    expect(quorum()).toBe("");

    deployment.remove(`${STORE}/inventory.json`);
    expect(quorum()).toBe("");
  });

  test("fail a plan that moves etcd away from its members", () => {
    inventory(members);
    const nodes = [{ ...host(4), name: "etcd-1" }];
    program(cluster({ nodes: HOSTS, etcd: Etcd.dedicated({ nodes }) }));

    expect(quorum()).toContain("no longer among the nodes: cp-1, cp-2, cp-3.");
  });

  test("fail a plan that replaces the only node", () => {
    inventory({ "cp-1": member });
    program(cluster({ nodes: [host(2)] }));

    expect(quorum()).toContain("no longer among the nodes: cp-1.");
  });

  test("do not prevent destroy", () => {
    inventory(members);
    program(one);

    expect(deployment.tryPlan(undefined, "-destroy").errors).toEqual([]);
    deployment.remove(`${STORE}/inventory.json`);
    deployment.destroy();
  });
});

test("machines of the same stack are destroyed only after the teardown", () => {
  deployment.forgetState();
  program((stack) => {
    const machine = new Machine(stack, "machine", "10.0.0.11");
    const access = NodeAccess.ssh({ host: machine.address, port: 2222 });
    cluster({ nodes: [node(1, { access, address: machine.address })] })(stack);
  }).apply();
  expect(deployment.plan().changes).toEqual(NOTHING);
  const words = Object.values(
    deployment.synthesized().resource?.terraform_data ?? {},
  ).flatMap((resource) => triggersOf(resource)?.access ?? []);
  expect(words).toEqual([
    expect.stringMatching(
      /^ssh \$\{.*terraform_data\.machine\.output.*\}:2222$/,
    ),
  ]);

  const gone = deployment
    .destroy()
    .text.split("\n")
    .flatMap(
      (line) =>
        (/"type":"apply_complete"/.test(line) &&
          /"addr":"terraform_data\.([^"]+)"/.exec(line)?.[1]) ||
        [],
    );
  const at = (name: RegExp) => gone.findIndex((each) => name.test(each));
  expect(at(/rollout/)).toBeLessThan(at(/teardown/));
  expect(at(/teardown/)).toBeLessThan(at(/access/));
  expect(at(/access/)).toBeLessThan(at(/^machine$/));
});
