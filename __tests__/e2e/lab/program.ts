import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  LAB_KUBE_PROXY_CONFIG,
  LAB_KUBELET_CONFIG,
  LAB_POD_SUBNET,
} from "./lab";
import { KUBERNETES } from "../binaries";
import { REPOSITORY } from "../cluster";

const KUBERNETES_VERSION = KUBERNETES.text.slice(1);
const LAB_CONFIG = `  kubelet: { config: ${JSON.stringify(LAB_KUBELET_CONFIG)} },
  kubeProxy: { config: ${JSON.stringify(LAB_KUBE_PROXY_CONFIG)} },
`;

export interface ProgramProps {
  readonly clusterName: string;
  readonly endpoint: string;
  readonly sshKey: string;
  /** The addresses of control-plane nodes, by name. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly workers?: Readonly<Record<string, string>>;
}

const access = (host: string, sshKey: string): string =>
  `NodeAccess.ssh({ host: "${host}", user: "admin", identityFile: "${sshKey}" })`;

/** A user's `main.ts` for the hosts of a lab. Tests edit it as a user would. */
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
  kubernetesVersion: "${KUBERNETES_VERSION}",
  endpoint: "${endpoint}",
  podSubnet: "${LAB_POD_SUBNET}",
  podNetwork: PodNetwork.routed(),
  nodes: [
${list(nodes)}  ],
${LAB_CONFIG}});
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

/** The same without a pod network, so that pods use the lab's network, as on kubeadm's nodes. */
export const withoutPodNetwork = (props: ProgramProps): string =>
  program(props).replace(/^ {2}podNetwork:.*\n/m, "");

/** examples/ssh for the hosts of a lab, whose addresses begin with `network`: `10.77.0.`. */
export const sshExample = (network: string, sshKey: string): string =>
  example("ssh", sshKey, [[/192\.0\.2\./g, network]]);

/** examples/systemd for the hosts of a lab, which have the example's addresses. */
export const systemdExample = (sshKey: string): string =>
  example("systemd", sshKey, []);

function example(
  name: string,
  sshKey: string,
  others: readonly [RegExp, string][],
): string {
  const changes: readonly [RegExp, string][] = [
    [/~\/\.ssh\/id_ed25519/, sshKey],
    [/(?<=kubernetesVersion: ")[^"]+/, KUBERNETES_VERSION],
    [/(?=^ {2}nodes: \[$)/m, LAB_CONFIG],
    ...others,
  ];
  const file = `examples/${name}/main.ts`;
  const main = readFileSync(join(REPOSITORY, file), "utf8");
  return changes.reduce((text, [said, meant]) => {
    if (text.search(said) < 0)
      throw new Error(`${file} has no ${String(said)}`);
    return text.replace(said, meant);
  }, main);
}
