import { App, LocalBackend, Fn, TerraformStack } from "cdktf";
import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { KeyPair } from "@cdktf/provider-aws/lib/key-pair";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { ControlPlane, NodeAccess, PodNetwork } from "cdktf-control-plane";

const REGION = "eu-central-1";
const ZONES = ["a", "b", "c"].map((zone) => `${REGION}${zone}`);
/** From where the deploy reaches the machines over SSH. */
const ADMINISTRATORS = ["203.0.113.0/24"];

const app = new App();
const stack = new TerraformStack(app, "aws");
new LocalBackend(stack, { path: "../../../terraform.aws.tfstate" });
new AwsProvider(stack, "aws", { region: REGION });

// One network, with a subnet in each zone.
const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.0.0.0/16" });
const gateway = new InternetGateway(stack, "gateway", { vpcId: vpc.id });
const routes = new RouteTable(stack, "routes", {
  vpcId: vpc.id,
  route: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
});
const subnets = ZONES.map((availabilityZone, i) => {
  const subnet = new Subnet(stack, `subnet-${i}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${i}.0/24`,
    availabilityZone,
    mapPublicIpOnLaunch: true,
  });
  new RouteTableAssociation(stack, `routes-${i}`, {
    subnetId: subnet.id,
    routeTableId: routes.id,
  });
  return subnet;
});
const anywhere = { fromPort: 0, toPort: 0, protocol: "-1" };
const firewall = new SecurityGroup(stack, "firewall", {
  vpcId: vpc.id,
  ingress: [
    { ...anywhere, selfAttribute: true },
    { fromPort: 22, toPort: 22, protocol: "tcp", cidrBlocks: ADMINISTRATORS },
    {
      fromPort: 6443,
      toPort: 6443,
      protocol: "tcp",
      cidrBlocks: ["0.0.0.0/0"],
    },
  ],
  egress: [{ ...anywhere, cidrBlocks: ["0.0.0.0/0"] }],
});

// A machine gets containerd and kubelet at its first boot; everything else comes from the control plane below.
const userData = Fn.rawString(`#!/bin/sh
set -e
curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key | gpg --dearmor -o /etc/apt/keyrings/kubernetes.gpg
echo 'deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /' \\
  > /etc/apt/sources.list.d/kubernetes.list
apt-get update && apt-get install -y containerd kubelet
apt-mark hold kubelet
`);
const image = new DataAwsAmi(stack, "image", {
  mostRecent: true,
  owners: ["136693071363"],
  filter: [{ name: "name", values: ["debian-13-amd64-*"] }],
});
const key = new KeyPair(stack, "key", {
  publicKey: Fn.file(Fn.pathexpand("~/.ssh/id_ed25519.pub")),
});
const machine = (id: string, i: number) =>
  new Instance(stack, id, {
    ami: image.id,
    instanceType: "m7i.large",
    subnetId: subnets[i % subnets.length].id,
    vpcSecurityGroupIds: [firewall.id],
    keyName: key.keyName,
    userData,
    // The pods' packets have addresses that AWS does not know.
    sourceDestCheck: false,
    rootBlockDevice: { volumeSize: 50, volumeType: "gp3", encrypted: true },
    tags: { Name: id },
    // A newer image or other user data must not replace a machine that is a member of etcd.
    lifecycle: { ignoreChanges: ["ami", "user_data"] },
  });
const machines = [0, 1, 2].map((i) => machine(`cp-${i + 1}`, i));
const workers = [0, 1, 2].map((i) => machine(`worker-${i + 1}`, i));

// The endpoint: a load balancer that leads to the API servers that are ready.
const balancer = new Lb(stack, "balancer", {
  loadBalancerType: "network",
  subnets: subnets.map(({ id }) => id),
  enableCrossZoneLoadBalancing: true,
});
const group = new LbTargetGroup(stack, "api-servers", {
  vpcId: vpc.id,
  port: 6443,
  protocol: "TCP",
  // A node reaches itself through the load balancer only if its own address is not kept.
  preserveClientIp: "false",
  healthCheck: { protocol: "HTTPS", path: "/readyz", port: "6443" },
});
new LbListener(stack, "listener", {
  loadBalancerArn: balancer.arn,
  port: 6443,
  protocol: "TCP",
  defaultAction: [{ type: "forward", targetGroupArn: group.arn }],
});
machines.forEach(
  ({ id }, i) =>
    new LbTargetGroupAttachment(stack, `api-server-${i + 1}`, {
      targetGroupArn: group.arn,
      targetId: id,
    }),
);

const nodeOf = (instance: Instance, name: string) => ({
  name,
  address: instance.privateIp,
  access: NodeAccess.ssh({ host: instance.publicIp, user: "admin" }),
});

const controlPlane = new ControlPlane(stack, "prod", {
  clusterName: "prod",
  kubernetesVersion: "1.36.3",
  endpoint: `${balancer.dnsName}:6443`,
  podSubnet: "10.244.0.0/16",
  podNetwork: PodNetwork.manifests({ file: "cilium.yaml" }),
  kubeProxy: { enabled: false },
  nodes: machines.map((each, i) => nodeOf(each, `cp-${i + 1}`)),
});
controlPlane.addWorkers("workers", {
  nodes: workers.map((each, i) => nodeOf(each, `worker-${i + 1}`)),
});

app.synth();
