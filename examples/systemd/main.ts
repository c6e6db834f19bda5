import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  ControlPlane,
  Endpoint,
  Etcd,
  KeyAlgorithm,
  NodeAccess,
  PodNetwork,
  Runtime,
} from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "mycluster");
new LocalBackend(stack, { path: "../../../terraform.mycluster.tfstate" });

/** A machine, reached as root. */
const machine = (name: string, address: string) => ({
  name,
  address,
  access: NodeAccess.ssh({
    host: address,
    user: "root",
    identityFile: "~/.ssh/id_ed25519",
  }),
});

/** A machine whose API server listens at, and advertises, the machine's own address. */
const master = (name: string, address: string) => ({
  ...machine(name, address),
  bindAddress: address,
});

const controlPlane = new ControlPlane(stack, "mycluster", {
  clusterName: "mycluster",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,

  // /usr/local/k8s/{bin,ssl,logs}; what is in ./bin is delivered. Components run as users of their own, not as root.
  runtime: Runtime.systemd({
    binaryDirectory: "/usr/local/k8s/bin",
    binaries: "bin",
    // In place of --logtostderr=false and --log-dir, which are gone: systemd writes what components log.
    logDirectory: "/usr/local/k8s/logs",
  }),
  certificatesDir: "/usr/local/k8s/ssl",

  // A CA of its own: with the cluster's, each kubelet and user could read all of etcd. API servers show it a client
  // certificate of their own, not the one that they serve with.
  etcd: Etcd.dedicated({
    nodes: [
      machine("k8s-etcd1", "172.100.102.71"),
      machine("k8s-etcd2", "172.100.102.72"),
      machine("k8s-etcd3", "172.100.102.73"),
    ],
  }),

  nodes: [
    master("k8s-master1", "172.100.102.70"),
    master("k8s-master2", "172.100.102.80"),
  ],
  // It moves to the master whose API server is well, and leads to both of them.
  endpoint: Endpoint.virtualIp({ address: "172.100.102.90" }),
  // Each certificate has its own master's address, the virtual one, kubernetes, kubernetes.default and 10.0.0.1 by
  // itself. With these a client may ask either master by either one's address, as with one certificate for all.
  certSans: ["172.100.102.70", "172.100.102.80"],

  serviceSubnet: "10.0.0.0/16",
  podSubnet: "10.244.0.0/16",
  podNetwork: PodNetwork.routed(),

  // What is not here is the default today: --allow-privileged, --enable-bootstrap-token-auth, and a key pair that signs
  // tokens of service accounts, where the CA's certificate once checked them. --kubelet-https is gone: there is no other.
  apiServer: {
    extraArgs: {
      "authorization-mode": "RBAC,Node",
      "enable-admission-plugins":
        "NamespaceLifecycle,LimitRanger,ServiceAccount,ResourceQuota,NodeRestriction",
      "service-node-port-range": "20000-50000",
      v: "4",
    },
  },
});

// kubectl create clusterrolebinding kubectl --clusterrole=cluster-admin --user=kubectl
controlPlane.addUser("kubectl", { clusterRoles: ["cluster-admin"] });
// The other way: a group that Kubernetes binds by itself, and that nobody can lock out. Keep it for emergencies.
controlPlane.addUser("emergency", { groups: ["system:masters"] });

new TerraformOutput(stack, "kubeconfigs", {
  value: "clusters/mycluster/kubeconfigs",
});

app.synth();
