import type { Construct } from "constructs";
import {
  ControlPlane,
  Duration,
  KeyAlgorithm,
  NodeAccess,
} from "cdktf-control-plane";

const machine = (name: string, address: string) => ({
  name,
  address,
  access: NodeAccess.directory(),
});

/** Our production cluster, as a function, so that the app and the tests make the same. */
export function prod(scope: Construct): ControlPlane {
  const controlPlane = new ControlPlane(scope, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    certificateValidity: Duration.days(90),
    certSans: ["kubernetes.example.org"],
    apiServer: {
      extraArgs: {
        "audit-log-path": "/var/log/kubernetes/audit.log",
        "audit-log-maxage": "30",
      },
      extraVolumes: [
        {
          name: "audit",
          hostPath: "/var/log/kubernetes",
          mountPath: "/var/log/kubernetes",
          pathType: "DirectoryOrCreate",
        },
      ],
    },
    nodes: [
      machine("cp-1", "10.0.0.11"),
      machine("cp-2", "10.0.0.12"),
      machine("cp-3", "10.0.0.13"),
    ],
  });
  controlPlane.addWorkers("web", {
    kubelet: { config: { maxPods: 200 } },
    nodes: [machine("web-1", "10.0.0.21"), machine("web-2", "10.0.0.22")],
  });
  controlPlane.addUser("jane", { clusterRoles: ["view"] });
  return controlPlane;
}
