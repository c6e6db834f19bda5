import { TerraformStack, Testing } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  Endpoint,
  NodeAccess,
} from "../../lib";
import { cluster, clusterProps, node, token } from "../support/cluster";
import { messageOf } from "../support/errors";
import { warningsOf } from "../support/warnings";

/** A reference of Terraform's, written out as text. */
const TEXT = "${terraform_data.x.output.ip}";

describe("Terraform's expressions as text are refused, and the error says how to give the value", () => {
  const cases: [string, () => Partial<ControlPlaneProps>][] = [
    ["an address", () => ({ nodes: [node(1, { address: TEXT })] })],
    ["a further address", () => ({ nodes: [node(1, { addresses: [TEXT] })] })],
    ["bindAddress", () => ({ nodes: [node(1, { bindAddress: TEXT })] })],
    ["a label", () => ({ nodes: [node(1, { labels: { zone: TEXT } })] })],
    ["machineId", () => ({ nodes: [node(1, { machineId: TEXT })] })],
    ["certSans", () => ({ certSans: [TEXT] })],
    ["the host of the endpoint", () => ({ endpoint: `${TEXT}:6443` })],
    ["the whole endpoint", () => ({ endpoint: TEXT })],
    [
      "a virtual IP",
      () => ({ endpoint: Endpoint.virtualIp({ address: TEXT, routerId: 7 }) }),
    ],
    [
      "the host of SSH",
      () => ({
        nodes: [node(1, { access: NodeAccess.ssh({ host: TEXT }) })],
      }),
    ],
  ];

  test.each(cases)("%s", (_, props) => {
    const message = messageOf(
      () =>
        new ControlPlane(
          new TerraformStack(Testing.app(), "stack"),
          "cluster",
          clusterProps(props()),
        ),
    );
    expect(message).toContain("as a token, not as text");
    expect(message).toContain("getStringAttribute");
  });
});

test.each<[string, Partial<ControlPlaneProps>, string]>([
  [
    "flag",
    { apiServer: { extraArgs: { "audit-log-path": TEXT } } },
    `apiServer.extraArgs has --audit-log-path with "${TEXT}". Text is data`,
  ],
  [
    "flag of a node",
    { nodes: [node(1, { kubeletExtraArgs: { "node-ip": `${TEXT},::` } })] },
    "kubeletExtraArgs of node cp-1 has --node-ip",
  ],
  [
    "variable",
    { scheduler: { extraEnvs: [{ name: "A", value: "${var.a[0]}" }] } },
    "scheduler.extraEnvs has A with",
  ],
])(
  "an expression as the text of a %s is taken as text, with a warning",
  (_, props, warning) => {
    const [text, ...more] = warningsOf(cluster(props));
    expect(text).toContain(warning);
    expect(text).toContain("as a token, not as text");
    expect(more).toEqual([]);
  },
);

test("there is no warning about tokens, and about text that is no reference", () => {
  const extraArgs = { "audit-log-path": `/a/${token}`, v: "4" };
  const extraEnvs = [{ name: "A", value: "${HOME}/a $${x}" }];
  expect(warningsOf(cluster({ apiServer: { extraArgs, extraEnvs } }))).toEqual(
    [],
  );
});

test.each<[string, () => unknown]>([
  [
    "connectTimeout",
    () => NodeAccess.ssh({ host: "a", connectTimeout: Duration.hours(1e12) }),
  ],
  [
    "startupTimeout",
    () => warningsOf(cluster({ startupTimeout: Duration.days(2) })),
  ],
  [
    "drainTimeout",
    () =>
      warningsOf(
        cluster({}, (controlPlane) =>
          controlPlane.addWorkers("pool", {
            nodes: [{ name: "w-1", address: "10.0.0.21" }],
            drainTimeout: Duration.hours(25),
          }),
        ),
      ),
  ],
])("fails when %s is longer than a day", (prop, use) => {
  expect(messageOf(use)).toMatch(new RegExp(`${prop}( of .*)? is `));
  expect(messageOf(use)).toContain(" to 24h.");
});

test("a time to wait may be a day", () => {
  expect(() =>
    NodeAccess.ssh({ host: "a", connectTimeout: Duration.hours(24) }),
  ).not.toThrow();
});

test("a flag with an expression of Terraform's as text is told", () => {
  const path = "${terraform_data.x.output.path}";
  const warnings = (extraArgs: Record<string, string | string[]>) =>
    warningsOf((stack) => {
      new ControlPlane(
        stack,
        "cluster",
        clusterProps({ apiServer: { extraArgs } }),
      );
    });
  expect(warnings({ "audit-log-path": path })).toEqual([
    expect.stringContaining(
      `apiServer.extraArgs has --audit-log-path with "${path}". Text is data`,
    ),
  ]);
  expect(warnings({ "api-audiences": ["a", path] })).toHaveLength(1);
  expect(warnings({ "audit-log-path": "/var/log/${HOSTNAME}.log" })).toEqual(
    [],
  );
});
