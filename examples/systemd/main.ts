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

/** A host. You log in as root. */
const machine = (name: string, address: string) => ({
  name,
  address,
  access: NodeAccess.ssh({
    host: address,
    user: "root",
    identityFile: "~/.ssh/id_ed25519",
  }),
});

/** A host whose API server listens only at the host's own address, and advertises it. */
const master = (name: string, address: string) => ({
  ...machine(name, address),
  bindAddress: address,
});

const controlPlane = new ControlPlane(stack, "mycluster", {
  clusterName: "mycluster",
  kubernetesVersion: "1.36.3",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,

  // Everything is in /usr/local/k8s/{bin,ssl,logs}. The binaries in ./bin are delivered. Components run as users of their
  // own, not as root.
  runtime: Runtime.systemd({
    binaryDirectory: "/usr/local/k8s/bin",
    binaries: "bin",
    // This replaces --logtostderr=false and --log-dir, which Kubernetes removed: systemd writes the logs.
    logDirectory: "/usr/local/k8s/logs",
  }),
  certificatesDir: "/usr/local/k8s/ssl",

  // etcd has a CA of its own: with the cluster's CA, each kubelet and each user could read all of etcd. API servers
  // connect to it with a client certificate, not with their serving certificate.
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
  // The address moves to a master with a healthy API server, and leads to both masters.
  endpoint: Endpoint.virtualIp({ address: "172.100.102.90" }),
  // By default each certificate has its own master's address, the virtual address, kubernetes, kubernetes.default and
  // 10.0.0.1. With both masters' addresses in each certificate, it works as with one certificate for all.
  certSans: ["172.100.102.70", "172.100.102.80"],

  serviceSubnet: "10.0.0.0/16",
  podSubnet: "10.244.0.0/16",
  podNetwork: PodNetwork.routed(),

  // Other flags of the guide are defaults today: --allow-privileged, --enable-bootstrap-token-auth, and a key pair for
  // service account tokens, which were once verified with the CA's certificate. --kubelet-https was removed, since
  // kubelet is always reached over HTTPS.
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
// This user is in a group that Kubernetes itself grants all rights, and that no role can restrict. Keep it for emergencies.
controlPlane.addUser("emergency", { groups: ["system:masters"] });

new TerraformOutput(stack, "kubeconfigs", {
  value: "clusters/mycluster/kubeconfigs",
});

app.synth();
