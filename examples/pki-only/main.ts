import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  Duration,
  KeyAlgorithm,
  Store,
} from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "pki-only");
new LocalBackend(stack, { path: "../../../terraform.pki-only.tfstate" });

const store = new Store(stack, "store", { directory: "pki" });
const certificateAuthority = new CertificateAuthority(stack, "ca", {
  store,
  commonName: "Lab CA",
  keyAlgorithm: KeyAlgorithm.ED25519,
  path: "ca",
});

const web = new Certificate(stack, "web", {
  certificateAuthority,
  commonName: "web",
  names: ["web.example.org", "192.0.2.20"],
  usages: ["serverAuth"],
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  validity: Duration.days(90),
});
new Certificate(stack, "backup", {
  certificateAuthority,
  commonName: "backup",
  organizations: ["robots"],
  usages: ["clientAuth"],
  keyAlgorithm: KeyAlgorithm.ED25519,
  validity: Duration.days(90),
  renewBefore: Duration.days(20),
});

new TerraformOutput(stack, "ca-certificate", {
  value: certificateAuthority.certificatePem,
});
new TerraformOutput(stack, "web-certificate", { value: web.certificatePath });
new TerraformOutput(stack, "web-key", { value: web.keyPath });
new TerraformOutput(stack, "web-until", { value: web.notAfter });

app.synth();
