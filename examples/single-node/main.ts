import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { ControlPlane, Duration, KeyAlgorithm } from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "single-node");
new LocalBackend(stack, { path: "../../../terraform.single-node.tfstate" });

const POLICY = "/etc/kubernetes/audit-policy.yaml";
const LOGS = "/var/log/kubernetes";

const controlPlane = new ControlPlane(stack, "single", {
  clusterName: "single",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  nodes: [
    {
      name: "cp-1",
      address: "192.0.2.11",
      // This is the only node, so let it run pods as well.
      taints: [],
      files: [{ path: POLICY, source: "audit-policy.yaml" }],
    },
  ],
  apiServer: {
    extraArgs: {
      "audit-policy-file": POLICY,
      "audit-log-path": `${LOGS}/audit.log`,
      "audit-log-maxage": "30",
    },
    extraVolumes: [
      {
        name: "audit-policy",
        hostPath: POLICY,
        mountPath: POLICY,
        readOnly: true,
        pathType: "File",
      },
      {
        name: "audit-logs",
        hostPath: LOGS,
        mountPath: LOGS,
        pathType: "DirectoryOrCreate",
      },
    ],
  },
});

const jane = controlPlane.addUser("jane", {
  groups: ["developers"],
  validity: Duration.days(30),
});

new TerraformOutput(stack, "admin-kubeconfig", {
  value: controlPlane.adminKubeconfig.path,
});
new TerraformOutput(stack, "jane-until", { value: jane.notAfter });

app.synth();
