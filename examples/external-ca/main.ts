import { App, LocalBackend, TerraformStack } from "cdktf";
import {
  CertificateAuthority,
  ControlPlane,
  KeyAlgorithm,
  Store,
} from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "external-ca");
new LocalBackend(stack, { path: "../../../terraform.external-ca.tfstate" });

const store = new Store(stack, "store", { directory: "clusters/company" });

new ControlPlane(stack, "company", {
  store,
  certificateAuthority: CertificateAuthority.external(stack, "ca", {
    store,
    certificate: "company-ca.crt",
  }),
  clusterName: "company",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  nodes: [{ name: "cp-1", address: "192.0.2.11" }],
});

app.synth();
