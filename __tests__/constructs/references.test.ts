import { Fn, Token } from "cdktf";
import type { ControlPlane } from "../../lib";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";
import { cluster, node } from "../support/cluster";
import { artefactRequestsOf } from "../support/rollouts";
import { artefactsOf } from "../support/synthesized";
import type { Program } from "../support/terraform";

/** The places of references in each artefact of a program, by purpose. */
const placesIn = (program: Program): Record<string, string[]> =>
  Object.fromEntries(
    artefactRequestsOf(program).flatMap(({ purpose, references }) =>
      references
        ? [
            [
              purpose,
              references.map(
                ({ document, keys }) => `${document} ${keys.join(".")}`,
              ),
            ],
          ]
        : [],
    ),
  );

const LOOKALIKE = {
  $base64: "pki/ca.key",
  more: [{ $yaml: { $text: { file: "/etc/passwd", sha256: "0" } } }],
};
const TOKEN = Token.asAnyMap(Fn.jsondecode(Fn.file("given")));

const strange = (config: Record<string, unknown>) =>
  cluster(
    {
      nodes: [
        node(1, {
          labels: { base64: "certificate" },
          kubeletExtraArgs: { v: "$yaml" },
        }),
      ],
      // The data are none of kubelet's fields.
      allowUnknownFlags: true,
      kubelet: { config },
      kubeProxy: { config },
      apiServer: { extraArgs: { "api-audiences": "$base64: pki/ca.key" } },
      bootstrapTokens: [
        { description: "$token", groups: ["system:bootstrappers:base64"] },
      ],
    },
    (controlPlane: ControlPlane) =>
      controlPlane.addManifests("strange", {
        objects: [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "a", annotations: config },
            ...config,
          },
        ],
      }),
  );

const kubeconfig = [
  "0 config.clusters.0.cluster.certificate-authority-data",
  "0 config.users.0.user.client-certificate-data",
  "0 config.users.0.user.client-key-data",
];
const checksum =
  "0 metadata.annotations.kubeadm.kubernetes.io/component-config.hash";
const PLACES = {
  "kubeconfig of kubernetes-admin": kubeconfig,
  "configuration of the cluster, for kubeadm": ["0 data.ClusterConfiguration"],
  "configuration of the kubelets, for nodes that join": ["0 data.kubelet"],
  "address and authority of the cluster, for nodes that join": [
    "0 data.kubeconfig",
    "0 data.kubeconfig.$yaml.clusters.0.cluster.certificate-authority-data",
  ],
  "the cluster's services": ["0 data.config.conf", "0 data.kubeconfig.conf"],
  "kubeconfig of kube-controller-manager on cp-1": kubeconfig,
  "kubeconfig of kube-scheduler on cp-1": kubeconfig,
  "kubeconfig of kubelet on cp-1": kubeconfig,
  "kubeconfig of the administrators on cp-1": kubeconfig,
  "kubeconfig that no authorization can lock out on cp-1": kubeconfig,
};

test("a cluster has exactly these references", () => {
  const [first] = PLACES["configuration of the kubelets, for nodes that join"];
  expect(placesIn(cluster())).toEqual({
    ...PLACES,
    "configuration of the kubelets, for nodes that join": [checksum, first],
    "the cluster's services": [checksum, ...PLACES["the cluster's services"]],
  });
});

test.each([
  ["literals", { field: LOOKALIKE, ...LOOKALIKE }],
  ["values that are known only at apply", { field: TOKEN }],
  ["a whole map that is known only at apply", TOKEN],
])("data that look like references add none: %s", (_, config) => {
  expect(placesIn(strange(config))).toEqual(PLACES);
});

test("a kubeadm file adds no references", () => {
  const { props } = parseKubeadmConfig(`
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
systemReserved: {$base64: pki/ca.key}
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
featureGates: {$base64: true}
`);
  const { kubelet, kubeProxy } = props;
  expect(placesIn(cluster({ kubelet, kubeProxy }))).toEqual(PLACES);
});

test("data that name a file in the store add no dependency on it", () => {
  const artefacts = artefactsOf(strange({ field: LOOKALIKE }));
  expect(artefacts.get("objects/strange.yaml")!.from).toEqual([]);
  expect(artefacts.get("objects/kubelet-config.yaml")!.from).toEqual([]);
  expect(artefacts.get("objects/cluster-info.yaml")!.from).toEqual([
    "pki/ca.crt",
  ]);
});
