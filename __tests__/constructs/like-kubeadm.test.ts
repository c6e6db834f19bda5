import type { TerraformStack } from "cdktf";
import { Testing } from "cdktf";
import type { ControlPlane } from "../../lib";
import { Endpoint, Etcd, Runtime } from "../../lib";
import { newControlPlane } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { ofNode, refuses, takes, variable } from "./support/refusals";

describe("what kubeadm takes is taken", () => {
  takes("%s is taken", [
    ["a slash at the end", { certificatesDir: "/etc/kubernetes/pki/" }],
    [
      "one of etcd's data",
      { etcd: Etcd.stacked({ dataDir: "/var/lib/etcd/" }) },
    ],
    [
      "one of binaries",
      {
        runtime: Runtime.systemd({
          binaryDirectory: "/opt/bin/",
          logDirectory: "/var/log/k8s/",
        }),
      },
    ],
    ["capitals in a cluster's name", { clusterName: "MyCluster" }],
    ["an underscore in a cluster's name", { clusterName: "my_cluster" }],
    [
      "a virtual IP",
      { endpoint: Endpoint.virtualIp({ address: "192.168.0.99" }) },
    ],
  ]);

  test("a slash at the end is no part of a path", () => {
    const plain = newControlPlane({ certificatesDir: "/etc/kubernetes/pki" });
    const slash = newControlPlane({ certificatesDir: "/etc/kubernetes/pki/" });
    const synth = (of: ControlPlane) =>
      Testing.synth(of.node.scope as TerraformStack);
    expect(synth(slash)).toEqual(synth(plain));
  });
});

describe("what else Kubernetes or kubeadm would refuse is refused", () => {
  refuses("%s", [
    [
      "a feature gate that kubeadm does not have",
      { featureGates: { Nonsense: true } },
      'featureGates has "Nonsense"',
      "RootlessControlPlane",
    ],
    [
      "a misspelled feature gate",
      { featureGates: { NodeLocalCRISockets: true } },
      "Did you mean NodeLocalCRISocket?",
    ],
    [
      "a feature gate that this version no longer has",
      { featureGates: { WaitForAllControlPlaneComponents: true } },
      "v1.36.3",
    ],
    [
      "a label of Kubernetes that kubelet may not set",
      ofNode({
        kubeletExtraArgs: {
          "node-labels": "a=b,node-role.kubernetes.io/infra=",
        },
      }),
      'kubeletExtraArgs of node cp-1 has --node-labels with "node-role.kubernetes.io/infra"',
      "labels of the node",
    ],
    [
      "the same for all kubelets",
      { kubelet: { extraArgs: { "node-labels": "x.k8s.io/a=b" } } },
      '"x.k8s.io/a"',
    ],
    [
      "a variable with a misspelled source",
      variable({ name: "A", valueFrom: { fieldReff: { fieldPath: "a" } } }),
      'valueFrom of "A" has fieldReff',
      "Did you mean fieldRef?",
    ],
    [
      "a variable with two sources",
      variable({ name: "A", valueFrom: { fieldRef: {}, secretKeyRef: {} } }),
      "fieldRef, secretKeyRef",
    ],
    [
      "a flag with underscores",
      { apiServer: { extraArgs: { audit_log_maxage: "30" } } },
      "Did you mean audit-log-maxage?",
    ],
    [
      "a flag with dashes and a value in its name",
      { apiServer: { extraArgs: { "--audit-log-maxage=30": "" } } },
      "Did you mean audit-log-maxage?",
    ],
  ]);
  it.each(["0.0.0.0", "224.0.0.18", "127.0.0.1", "fe80::1", "ff02::12"])(
    "the virtual IP %s",
    (address) =>
      expectHelpful(
        messageOf(() => Endpoint.virtualIp({ address, routerId: 51 })),
        `address of Endpoint.virtualIp is ${address}`,
      ),
  );
  takes("%s is taken", [
    ["a feature gate", { featureGates: { NodeLocalCRISocket: false } }],
    [
      "a label that kubelet may set",
      ofNode({
        kubeletExtraArgs: {
          "node-labels":
            "example.org/a=b,topology.kubernetes.io/zone=c,node.kubernetes.io/x=y",
        },
      }),
    ],
    [
      "a variable from a field",
      variable({ name: "A", valueFrom: { fieldRef: { fieldPath: "a" } } }),
    ],
  ]);
});
