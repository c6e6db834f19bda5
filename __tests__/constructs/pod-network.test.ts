import { type ManifestsProps, NodeAccess, PodNetwork } from "../../lib";
import { cluster, node, NODES } from "../support/cluster";
import { requestsOf, resourcesOf } from "../support/rollouts";
import { artefactsOf } from "../support/synthesized";

const object = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "kube-flannel" },
};
const podNetwork = PodNetwork.manifests({ objects: [object] });
const nodes = [
  node(1, { access: NodeAccess.ssh({ host: "10.0.0.11", user: "admin" }) }),
];
const withManifests = (name: string) =>
  cluster({ nodes, podNetwork }, (controlPlane) =>
    controlPlane.addManifests(name, { objects: [object] }),
  );

test("the manifests of a pod network are applied before those of addManifests", () => {
  const { objects } = requestsOf(withManifests("team")).rollout;
  expect(objects.slice(-2)).toEqual([
    "objects/pod-network.yaml",
    "objects/team.yaml",
  ]);
});

test("a rollout knows that it has to wait for the pod network of manifests", () => {
  const stack = cluster({ nodes, podNetwork });
  expect(requestsOf(stack).rollout.podNetwork).toMatchObject({
    kind: "manifests",
  });
  const rollout = resourcesOf(stack).find(
    ({ path }) => path === "cluster/rollout",
  )!;
  expect(rollout.triggers).toMatchObject({ pod_network: "manifests" });
});

test("the manifests of a pod network need neither podSubnet nor hosts", () => {
  const stack = cluster({ nodes: NODES, podSubnet: undefined, podNetwork });
  expect([...artefactsOf(stack).keys()].join()).toContain("pod-network");
});

test.each<[string, object, RegExp]>([
  ["an unknown prop", { fil: "cilium.yaml" }, /fil.*Did you mean file\?/s],
  ["neither file nor objects", {}, /pod-network/],
  ["a missing file", { file: "no-such.yaml" }, /no-such\.yaml/],
])("fails when the manifests of a pod network have %s", (_, props, message) => {
  expect(() =>
    requestsOf(
      cluster({
        nodes,
        podNetwork: PodNetwork.manifests(props as ManifestsProps),
      }),
    ),
  ).toThrow(message);
});

test("fails when other manifests have the name of the pod network's", () => {
  expect(() => requestsOf(withManifests("pod-network"))).toThrow(
    /"pod-network" exist already/,
  );
});
