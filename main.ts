import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { ControlPlane } from "./lib";

const app = new App();
const stack = new TerraformStack(app, "control-plane");
// The path is relative, so that the synthesized JSON is the same on every machine. cdktf's default has the same file
// name.
new LocalBackend(stack, { path: "../../../terraform.control-plane.tfstate" });

const controlPlane = new ControlPlane(stack, "example", {
  clusterName: "example",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  podSubnet: "10.244.0.0/16",
  nodes: [
    { name: "cp-1", address: "10.0.0.11" },
    { name: "cp-2", address: "10.0.0.12" },
    { name: "cp-3", address: "10.0.0.13" },
  ],
});

new TerraformOutput(stack, "admin-kubeconfig", {
  value: controlPlane.adminKubeconfig.path,
});
new TerraformOutput(stack, "ca-certificate", {
  value: controlPlane.certificateAuthority.certificatePem,
});

app.synth();
