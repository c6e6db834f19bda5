import {
  LAB_KUBE_PROXY_CONFIG,
  LAB_KUBELET_CONFIG,
  LAB_POD_SUBNET,
} from "./lab";
import { KUBERNETES } from "../cluster";

export interface ProgramProps {
  readonly clusterName: string;
  readonly endpoint: string;
  readonly sshKey: string;
  /** Addresses of control-plane nodes by their names. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly workers?: Readonly<Record<string, string>>;
}

const access = (host: string, sshKey: string): string =>
  `NodeAccess.ssh({ host: "${host}", user: "admin", identityFile: "${sshKey}" })`;

/** A user's `main.ts` for hosts of a lab; tests edit it as a user would. */
export function program(props: ProgramProps): string {
  const { clusterName, endpoint, sshKey, nodes, workers = {} } = props;
  const list = (all: Readonly<Record<string, string>>): string =>
    Object.entries(all)
      .map(
        ([name, address]) =>
          `    { name: "${name}", address: "${address}", access: ${access(address, sshKey)} },\n`,
      )
      .join("");
  return `import { App, LocalBackend, TerraformStack } from "cdktf";
import { ControlPlane, NodeAccess, PodNetwork } from "cdktf-control-plane";

const app = new App();
const stack = new TerraformStack(app, "${clusterName}");
new LocalBackend(stack, { path: "../../../terraform.tfstate" });

const controlPlane = new ControlPlane(stack, "${clusterName}", {
  clusterName: "${clusterName}",
  kubernetesVersion: "${KUBERNETES.text.slice(1)}",
  endpoint: "${endpoint}",
  podSubnet: "${LAB_POD_SUBNET}",
  podNetwork: PodNetwork.routed(),
  nodes: [
${list(nodes)}  ],
  kubelet: { config: ${JSON.stringify(LAB_KUBELET_CONFIG)} },
  kubeProxy: { config: ${JSON.stringify(LAB_KUBE_PROXY_CONFIG)} },
});
${
  Object.keys(workers).length > 0
    ? `controlPlane.addWorkers("workers", {
  nodes: [
${list(workers)}  ],
});
`
    : ""
}
app.synth();
`;
}
