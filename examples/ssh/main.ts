import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  ControlPlane,
  Duration,
  KeyAlgorithm,
  NodeAccess,
  PodNetwork,
} from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "prod");
new LocalBackend(stack, { path: "../../../terraform.prod.tfstate" });

/** A host. You log in as admin, who may use sudo without a password. */
const machine = (name: string, address: string) => ({
  name,
  address,
  access: NodeAccess.ssh({
    host: address,
    user: "admin",
    identityFile: "~/.ssh/id_ed25519",
  }),
});

const controlPlane = new ControlPlane(stack, "prod", {
  clusterName: "prod",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  // It has to lead to the API servers. You provide it: a load balancer, a virtual IP, a DNS name.
  endpoint: "api.example.org:6443",
  podSubnet: "10.244.0.0/16",
  // An API server that stops ends its watches, instead of waiting for them until kubelet kills it after 30 s. So a change
  // of all API servers takes a third of the time.
  apiServer: { extraArgs: { "shutdown-send-retry-after": "true" } },
  // The hosts share a link, so pods need only routes to reach each other.
  podNetwork: PodNetwork.routed(),
  nodes: [
    machine("cp-1", "192.0.2.11"),
    machine("cp-2", "192.0.2.12"),
    machine("cp-3", "192.0.2.13"),
  ],
});

// The workers join when the control plane is up.
controlPlane.addWorkers("workers", {
  nodes: [machine("worker-1", "192.0.2.21"), machine("worker-2", "192.0.2.22")],
  labels: { "example.org/disk": "ssd" },
});

// These objects are applied after the cluster's own. If you remove them here, they are removed from the cluster.
controlPlane.addManifests("team", {
  objects: [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } },
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "pods", namespace: "team" },
      spec: { hard: { pods: "50" } },
    },
  ],
});

// Jane's kubeconfig is clusters/prod/kubeconfigs/jane.conf.
controlPlane.addUser("jane", {
  clusterRoles: ["view"],
  validity: Duration.days(30),
});

new TerraformOutput(stack, "admin-kubeconfig", {
  value: controlPlane.adminKubeconfig.path,
});

app.synth();
