import { TerraformStack, Testing, Fn, Token } from "cdktf";
import { ControlPlane, type ControlPlaneProps, Etcd } from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

const cluster = (props: Partial<ControlPlaneProps>) =>
  new ControlPlane(
    new TerraformStack(Testing.app(), "stack"),
    "cluster",
    clusterProps(props),
  );

const apiServer = (extraArgs: Record<string, string | string[]>) => ({
  apiServer: { extraArgs },
});

describe("a flag that the component does not have is refused", () => {
  it.each<[string, Partial<ControlPlaneProps>, ...string[]]>([
    [
      "a misspelled flag of the API server",
      apiServer({ "audit-log-maxag": "30" }),
      "apiServer.extraArgs has --audit-log-maxag",
      "Did you mean audit-log-maxage?",
    ],
    [
      "a flag with an extra hyphen",
      apiServer({ "audit-log-max-age": "30" }),
      "Did you mean audit-log-maxage?",
    ],
    [
      "a flag of the scheduler for the controller manager",
      {
        controllerManager: {
          extraArgs: { "pod-max-in-unschedulable-pods-duration": "1m" },
        },
      },
      "kube-controller-manager of Kubernetes",
      "allowUnknownFlags",
    ],
    [
      "a misspelled flag of etcd",
      { etcd: Etcd.stacked({ extraArgs: { "quota-backend-byte": "1" } }) },
      "etcd.extraArgs",
      "Did you mean quota-backend-bytes?",
    ],
    [
      "a misspelled kubelet flag of one node",
      { nodes: [node(1, { kubeletExtraArgs: { "node-pi": "10.0.0.1" } })] },
      "kubeletExtraArgs of node cp-1",
      "Did you mean node-ip?",
    ],
    [
      "a flag of a later version",
      {
        kubernetesVersion: "1.35.4",
        ...apiServer({ "tls-curve-preferences": "X25519" }),
      },
      "v1.35.4 does not have yet: it came with 1.36",
    ],
  ])("%s", (_, props, ...parts) =>
    expectHelpful(
      messageOf(() => cluster(props)),
      ...parts,
    ),
  );

  it("unless allowUnknownFlags is set", () => {
    expect(() =>
      cluster({
        allowUnknownFlags: true,
        ...apiServer({ "our-flag": "x", profiling: "perhaps" }),
      }),
    ).not.toThrow();
  });
});

describe("the value of a flag", () => {
  it.each([
    ["profiling", "yes", "true or false"],
    ["profiling", "", "true or false"],
    ["audit-log-maxage", "thirty", "a whole number"],
    ["audit-log-maxage", "1.5", "a whole number"],
    ["audit-log-batch-throttle-qps", "fast", "a number"],
    ["request-timeout", "60", "a duration"],
    ["request-timeout", "1 m", "a duration"],
  ])("--%s=%s is refused", (flag, value, allowed) => {
    expectHelpful(
      messageOf(() => cluster(apiServer({ [flag]: value }))),
      `--${flag}`,
      JSON.stringify(value),
      allowed,
    );
  });

  it.each<[string, string | string[]]>([
    ["profiling", "False"],
    ["profiling", "1"],
    ["audit-log-maxage", "-1"],
    ["max-requests-inflight", "0x10"],
    ["audit-log-batch-throttle-qps", "1.5e3"],
    ["request-timeout", "1m30s"],
    ["api-audiences", ["a", "b"]],
    ["v", "4"],
    ["audit-log-maxage", Token.asString(Fn.file("x"))],
  ])("--%s=%s is accepted", (flag, value) => {
    expect(() => cluster(apiServer({ [flag]: value }))).not.toThrow();
  });
});
