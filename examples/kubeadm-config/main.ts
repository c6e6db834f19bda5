import { readFileSync } from "node:fs";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { ControlPlane } from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "kubeadm-config");
new LocalBackend(stack, { path: "../../../terraform.kubeadm-config.tfstate" });

ControlPlane.fromKubeadmConfig(stack, "cluster", {
  config: readFileSync("kubeadm.yaml", "utf8"),
  // The file describes the first node; these are the others.
  nodes: [
    { name: "cp-2", address: "192.0.2.12" },
    { name: "cp-3", address: "192.0.2.13" },
  ],
});

app.synth();
