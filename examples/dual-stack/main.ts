import { App, LocalBackend, TerraformStack } from "cdktf";
import { ControlPlane, Etcd, KeyAlgorithm } from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "dual-stack");
new LocalBackend(stack, { path: "../../../terraform.dual-stack.tfstate" });

new ControlPlane(stack, "dual", {
  clusterName: "dual",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  // The first address family is the primary one. Use the same order everywhere.
  podSubnet: "10.244.0.0/16,fd00:10:244::/56",
  serviceSubnet: "10.96.0.0/16,fd00:10:96::/112",
  certSans: ["203.0.113.10", "2001:db8::10"],
  nodes: [11, 12, 13].map((host, i) => ({
    name: `cp-${i + 1}`,
    address: `192.0.2.${host}`,
    addresses: [`2001:db8:1::${host}`],
  })),
  controllerManager: { extraArgs: { "node-cidr-mask-size-ipv4": "25" } },
  etcd: Etcd.stacked({ dataDir: "/srv/etcd" }),
});

app.synth();
