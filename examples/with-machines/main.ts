import {
  App,
  DataResource,
  Fn,
  LocalBackend,
  TerraformOutput,
  TerraformStack,
} from "cdktf";
import {
  CertificateAuthority,
  ControlPlane,
  KeyAlgorithm,
  Store,
} from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "with-machines");
new LocalBackend(stack, { path: "../../../terraform.with-machines.tfstate" });

// The CA is made before the machines, which get its certificate at their first boot.
const store = new Store(stack, "store", { directory: "clusters/cloud" });
const ca = new CertificateAuthority(stack, "ca", {
  store,
  commonName: "kubernetes",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
});
const userData = Fn.base64encode(
  `#cloud-config
write_files:
  - path: /etc/ssl/certs/cluster-ca.pem
    encoding: b64
    content: ${Fn.base64encode(ca.certificatePem)}
`,
);

// These stand in for aws_instance, openstack_compute_instance_v2, libvirt_domain, …: their addresses are known once they
// are created.
const machine = (id: string, address: string) =>
  new DataResource(stack, id, { input: { address, user_data: userData } });
const loadBalancer = machine("load-balancer", "192.0.2.10");
const machines = [11, 12, 13].map((host, i) =>
  machine(`machine-${i + 1}`, `192.0.2.${host}`),
);

// Everything that contains an address is made after the machines.
const controlPlane = new ControlPlane(stack, "cloud", {
  store,
  certificateAuthority: ca,
  clusterName: "cloud",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  endpoint: `${loadBalancer.getStringAttribute("output.address")}:6443`,
  nodes: machines.map((each, i) => ({
    name: `cp-${i + 1}`,
    address: each.getStringAttribute("output.address"),
  })),
});

new TerraformOutput(stack, "endpoint", { value: controlPlane.endpoint });

app.synth();
