import { App, LocalBackend, TerraformStack } from "cdktf";
import { Certificate, Duration, LocalControlPlane } from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "local");
new LocalBackend(stack, { path: "../../../terraform.local.tfstate" });

const local = new LocalControlPlane(stack, "local", {
  clusterName: "devk8s",
  kubernetesVersion: "1.36.3",
  // Without it, etcd and kube-apiserver are looked up on the PATH.
  binaryDirectory: "bin",
  // Clusters made by hand with easy-rsa often have this name too, and certificates that are valid for 27 years.
  certSans: ["kubernetes.default.svc.cluster"],
  certificateValidity: Duration.days(10_000),
  apiServer: { extraArgs: { "service-account-issuer": "api" } },
});

// For curl: clusters/devk8s/cert/client.crt and client.key.
new Certificate(stack, "client", {
  certificateAuthority: local.certificateAuthority,
  commonName: "devk8s",
  organizations: ["system:masters"],
  usages: ["clientAuth"],
  path: "cert/client",
});

app.synth();
