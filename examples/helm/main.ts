import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { Release } from "@cdktf/provider-helm/lib/release";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { KeyAlgorithm, LocalControlPlane } from "cdktf-control-plane";

const app = new App();

// The first stack: the cluster. A ControlPlane on hosts is used in the same way.
const cluster = new TerraformStack(app, "cluster");
new LocalBackend(cluster, { path: "../../../terraform.cluster.tfstate" });
const controlPlane = new LocalControlPlane(cluster, "cluster", {
  clusterName: "debug",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  binaryDirectory: "bin",
});
// The identity of Helm, with a certificate of its own.
const helm = controlPlane.addUser("helm", { clusterRoles: ["cluster-admin"] });

// The second stack: what runs in the cluster. It is deployed after the first, because it uses the credentials.
const apps = new TerraformStack(app, "apps");
new LocalBackend(apps, { path: "../../../terraform.apps.tfstate" });
new HelmProvider(apps, "helm", { kubernetes: helm.credentials(apps) });
new Release(apps, "hello", {
  name: "hello",
  // A folder, as seen from cdktf.out/stacks/apps. For a chart of a repository: its name here, `repository` and `version`.
  chart: "../../../chart",
  namespace: "hello",
  createNamespace: true,
  values: [JSON.stringify({ greeting: "Hello from the second stack" })],
});

app.synth();
