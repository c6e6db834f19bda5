import { App, Fn, LocalBackend, TerraformStack, Token } from "cdktf";
import { Firewall } from "./.gen/providers/hcloud/firewall";
import { LoadBalancer } from "./.gen/providers/hcloud/load-balancer";
import { LoadBalancerNetwork } from "./.gen/providers/hcloud/load-balancer-network";
import { LoadBalancerService } from "./.gen/providers/hcloud/load-balancer-service";
import { LoadBalancerTargetA } from "./.gen/providers/hcloud/load-balancer-target";
import { Network } from "./.gen/providers/hcloud/network";
import { NetworkSubnet } from "./.gen/providers/hcloud/network-subnet";
import { PlacementGroup } from "./.gen/providers/hcloud/placement-group";
import { HcloudProvider } from "./.gen/providers/hcloud/provider";
import { Server } from "./.gen/providers/hcloud/server";
import { SshKey } from "./.gen/providers/hcloud/ssh-key";
import { ControlPlane, NodeAccess, PodNetwork } from "cdktf-control-plane";

const LOCATION = "nbg1";
/** From where the deploy reaches the machines over SSH. */
const ADMINISTRATORS = ["203.0.113.0/24"];

const app = new App();
const stack = new TerraformStack(app, "hetzner");
new LocalBackend(stack, { path: "../../../terraform.hetzner.tfstate" });
// The token is in HCLOUD_TOKEN, and so neither in the plan nor in the state.
new HcloudProvider(stack, "hcloud", {});

// A private network, in which the nodes reach each other.
const network = new Network(stack, "network", {
  name: "prod",
  ipRange: "10.0.0.0/16",
});
const subnet = new NetworkSubnet(stack, "subnet", {
  networkId: Token.asNumber(network.id),
  type: "cloud",
  networkZone: "eu-central",
  ipRange: "10.0.1.0/24",
});
// It filters what comes from the Internet. In the private network, everything is allowed.
const firewall = new Firewall(stack, "firewall", {
  name: "prod",
  rule: [
    {
      direction: "in",
      protocol: "tcp",
      port: "22",
      sourceIps: ADMINISTRATORS,
    },
  ],
});

// A machine gets containerd and kubelet at its first boot; everything else comes from the control plane below.
const userData = Fn.rawString(`#!/bin/sh
set -e
mkdir -p /etc/apt/keyrings
curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key | gpg --dearmor -o /etc/apt/keyrings/kubernetes.gpg
echo 'deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /' \\
  > /etc/apt/sources.list.d/kubernetes.list
apt-get update && apt-get install -y containerd kubelet
apt-mark hold kubelet
`);
const key = new SshKey(stack, "key", {
  name: "prod",
  publicKey: Fn.file(Fn.pathexpand("~/.ssh/id_ed25519.pub")),
});
// No two machines of a group are on the same hardware.
const groupOf = (id: string) =>
  new PlacementGroup(stack, id, { name: id, type: "spread" });
const [controlPlanes, others] = ["control-planes", "workers"].map(groupOf);
const machine = (name: string, address: string, group: PlacementGroup) => {
  const server = new Server(stack, name, {
    name,
    serverType: "cx33",
    image: "debian-13",
    location: LOCATION,
    sshKeys: [key.id],
    firewallIds: [Token.asNumber(firewall.id)],
    placementGroupId: Token.asNumber(group.id),
    network: [{ subnetId: subnet.id, ip: address }],
    userData,
    // A newer image or other user data must not replace a machine that is a member of etcd.
    lifecycle: { ignoreChanges: ["image", "user_data", "ssh_keys"] },
  });
  return {
    server,
    node: {
      name,
      address,
      access: NodeAccess.ssh({ host: server.ipv4Address, user: "root" }),
    },
  };
};
const machines = [1, 2, 3].map((i) =>
  machine(`cp-${i}`, `10.0.1.1${i}`, controlPlanes),
);
const workers = [1, 2, 3].map((i) =>
  machine(`worker-${i}`, `10.0.1.2${i}`, others),
);

// The endpoint: a load balancer that leads to the API servers that are ready.
const balancer = new LoadBalancer(stack, "balancer", {
  name: "prod",
  loadBalancerType: "lb11",
  location: LOCATION,
});
const loadBalancerId = Token.asNumber(balancer.id);
const attachment = new LoadBalancerNetwork(stack, "balancer-network", {
  loadBalancerId,
  subnetId: subnet.id,
});
new LoadBalancerService(stack, "api", {
  loadBalancerId: balancer.id,
  protocol: "tcp",
  listenPort: 6443,
  destinationPort: 6443,
  healthCheck: {
    protocol: "http",
    port: 6443,
    interval: 5,
    timeout: 3,
    retries: 2,
    http: { path: "/readyz", tls: true, statusCodes: ["200"] },
  },
});
for (const { server, node } of machines)
  new LoadBalancerTargetA(stack, `api-${node.name}`, {
    type: "server",
    loadBalancerId,
    serverId: Token.asNumber(server.id),
    usePrivateIp: true,
    dependsOn: [attachment],
  });

const controlPlane = new ControlPlane(stack, "prod", {
  clusterName: "prod",
  kubernetesVersion: "1.36.3",
  endpoint: `${balancer.ipv4}:6443`,
  podSubnet: "10.244.0.0/16",
  podNetwork: PodNetwork.manifests({ file: "cilium.yaml" }),
  kubeProxy: { enabled: false },
  nodes: machines.map(({ node }) => node),
});
controlPlane.addWorkers("workers", {
  nodes: workers.map(({ node }) => node),
});

app.synth();
