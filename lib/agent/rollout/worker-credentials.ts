import { toYaml } from "../../render/yaml";
import { parseCertificates } from "../../pki/certificates";
import { unexpectedAnswer } from "../hosts/errors";
import type { HostFile } from "../hosts/host";
import { hasGoodCredentials, readKubeconfig } from "./kubelet-credentials";
import type { LiveNode } from "./live-node";
import { KUBELET_KUBECONFIG } from "./present";

/** The certificate of the cluster's authority, as a worker's tree has it. */
export function caOf(node: LiveNode | undefined): string {
  const file = node?.props.tree.find(({ path }) => path.endsWith("/ca.crt"));
  return file?.content.toString() ?? "";
}

/** A worker that joined goes on with what its kubelet has, led to where the endpoint is now. */
export function keepWorkerCredentials(
  node: LiveNode,
  endpoint: string,
): boolean {
  const text = node.present.kubeletKubeconfig;
  const kubeconfig = text && readKubeconfig(text);
  const caPem = caOf(node);
  if (!kubeconfig || !isWorker(node) || caPem === "") return false;
  if (!hasGoodCredentials(kubeconfig, parseCertificates(caPem), node.present))
    return false;
  node.setExtra([workerKubeconfig(node, text, endpoint)]);
  return true;
}

/** The kubelet of the control plane has its kubeconfig from the tree. */
const isWorker = ({ props }: LiveNode): boolean =>
  !props.tree.some(({ path }) => path === KUBELET_KUBECONFIG);

/** What kubelet wrote, unless the endpoint or the authority has changed since. */
export function workerKubeconfig(
  node: LiveNode,
  text: Buffer,
  server: string,
): HostFile {
  const caPem = caOf(node);
  const file = { path: KUBELET_KUBECONFIG, mode: 0o600, owner: "root:root" };
  const kubeconfig = readKubeconfig(text);
  if (!kubeconfig) throw unexpectedAnswer(node.name, file.path, "a kubeconfig");
  const [first, ...others] = kubeconfig.clusters ?? [];
  const data = Buffer.from(caPem).toString("base64");
  const { cluster } = first ?? {};
  const present = Buffer.from(
    cluster?.["certificate-authority-data"] ?? "",
    "base64",
  );
  if (cluster?.server === server && present.toString().trim() === caPem.trim())
    return { ...file, content: text };
  const clusters = [
    {
      name: first?.name ?? "default-cluster",
      cluster: { "certificate-authority-data": data, server },
    },
    ...others,
  ];
  return { ...file, content: Buffer.from(toYaml({ ...kubeconfig, clusters })) };
}
