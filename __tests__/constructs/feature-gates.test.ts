import { TerraformStack, Testing } from "cdktf";
import { gateProblem, gatesIn } from "../../lib/catalog/flags/removed-gates";
import { LOCKED_GATES, REMOVED_GATES } from "../../lib/catalog/flags/gates";
import { SUPPORTED_MINORS } from "../../lib/catalog/versions";
import type { ControlPlaneProps } from "../../lib";
import { cluster } from "../support/cluster";
import { messageOf } from "../support/errors";

const make = (props: Partial<ControlPlaneProps>): void =>
  cluster(props)(new TerraformStack(Testing.app(), "stack"));

test.each<[string, Partial<ControlPlaneProps>, string]>([
  [
    "a flag",
    {
      apiServer: {
        extraArgs: { "feature-gates": "AllAlpha=false,SidecarContainers=true" },
      },
    },
    "apiServer.extraArgs has the feature gate SidecarContainers, which Kubernetes v1.37.1 does not know: it was removed in 1.37.",
  ],
  [
    "kubelet's configuration",
    { kubelet: { config: { featureGates: { NodeSwap: false } } } },
    "kubelet.config.featureGates sets the feature gate NodeSwap to false, but Kubernetes 1.34 locked it to true.",
  ],
  [
    "kube-proxy's configuration",
    { kubeProxy: { config: { featureGates: { TopologyAwareHints: true } } } },
    "kubeProxy.config.featureGates has the feature gate TopologyAwareHints, which Kubernetes v1.37.1 does not know: it was removed in 1.36.",
  ],
])(
  "fails when %s has a feature gate with which a component does not start",
  (_, props, message) => {
    expect(
      messageOf(() => make({ kubernetesVersion: "1.37.1", ...props })),
    ).toContain(message);
  },
);

test("a gate that a version still has, a locked one with its value, and any gate of components that one builds are allowed", () => {
  const gates = (kubernetesVersion: string, value: string, more = {}) => ({
    kubernetesVersion,
    apiServer: { extraArgs: { "feature-gates": value } },
    ...more,
  });
  for (const props of [
    gates("1.36.3", "SidecarContainers=true"),
    gates("1.37.1", "NodeSwap=true"),
    gates("1.37.1", "MyGate=true"),
    gates("1.37.1", "SidecarContainers=true", { allowUnknownFlags: true }),
  ])
    expect(() => make(props)).not.toThrow();
});

test("the gates in a flag are read as Go reads them", () => {
  expect(gatesIn("A=true, B=0 ,C,=true,D=maybe")).toEqual([
    ["A", true],
    ["B", false],
  ]);
});

test("the tables have a row for each supported minor but the first, and no gate is removed twice", () => {
  const minors = SUPPORTED_MINORS.slice(1).map(String);
  expect(Object.keys(REMOVED_GATES)).toEqual(minors);
  expect(Object.keys(LOCKED_GATES)).toEqual(minors);
  const removed = Object.values(REMOVED_GATES).flatMap((gates) =>
    gates.trim().split(/\s+/),
  );
  expect(new Set(removed).size).toBe(removed.length);
  expect(gateProblem("SidecarContainers", true, 36)).toBeUndefined();
});
