import { App, LocalBackend, TerraformStack } from "cdktf";
import {
  ApiProxy,
  Duration,
  KeyAlgorithm,
  LocalControlPlane,
  MergedKubeconfig,
  ServiceAccountToken,
} from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "access");
new LocalBackend(stack, { path: "../../../terraform.access.tfstate" });

const controlPlane = new LocalControlPlane(stack, "debug", {
  clusterName: "debug",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  binaryDirectory: "bin",
  // It fills the rules of the roles view and edit.
  controllerManager: {},
});
controlPlane.addManifests("team", {
  objects: [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } },
  ],
});

// A person with a certificate, and with rights in one namespace.
const jane = controlPlane.addUser("jane", {
  namespace: "team",
  namespaceClusterRoles: ["view"],
  validity: Duration.days(30),
});

// A program with a token, which the cluster issues and a deploy renews.
const ci = new ServiceAccountToken(stack, "ci", {
  controlPlane,
  namespace: "team",
  namespaceClusterRoles: ["edit"],
  lifetime: Duration.days(30),
});

// A proxy for programs that cannot handle credentials. It only reads, and does not show secrets.
new ApiProxy(stack, "read", {
  controlPlane,
  binaryDirectory: "bin",
  rejectPaths: ["^/api/v1/(.*/)?secrets", "/proxy(/|$)"],
  rejectMethods: ["POST", "PUT", "PATCH", "DELETE"],
});

// All contexts in one file. With "~/.kube/config" they would be merged into your own kubeconfig.
new MergedKubeconfig(stack, "all", {
  path: "kubeconfig",
  currentContext: "jane",
  kubeconfigs: [
    { context: "admin", kubeconfig: controlPlane.adminKubeconfig },
    { context: "jane", kubeconfig: jane },
    { context: "ci", kubeconfig: ci },
  ],
});

app.synth();
