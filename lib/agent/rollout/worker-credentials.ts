import { toYaml } from "../../render/yaml";
import { parseCertificates } from "../../pki/certificates";
import { unexpectedAnswer } from "../hosts/errors";
import type { HostFile } from "../hosts/host";
import { hasValidCredentials, readKubeconfig } from "./kubelet-credentials";
import type { LiveNode } from "./live-node";
import { KUBELET_KUBECONFIG } from "./present";

/** The certificate of the cluster's CA, from a worker's tree. */
export function caOf(node: LiveNode | undefined): string {
  const file = node?.props.tree.find(({ path }) => path.endsWith("/ca.crt"));
  return file?.content.toString() ?? "";
}

/**
 * Lets a worker that has joined keep its kubelet's credentials, with the current endpoint. Returns whether it has valid
 * ones.
 */
export function keepWorkerCredentials(
  node: LiveNode,
  endpoint: string,
): boolean {
  const text = node.present.kubeletKubeconfig;
  const kubeconfig = text && readKubeconfig(text);
  const caPem = caOf(node);
  if (!kubeconfig || !isWorker(node) || caPem === "") return false;
  if (!hasValidCredentials(kubeconfig, parseCertificates(caPem), node.present))
    return false;
  node.setExtraFiles([workerKubeconfig(node, text, endpoint)]);
  return true;
}

/** Workers have no kubelet kubeconfig in their tree; control-plane nodes do. */
const isWorker = ({ props }: LiveNode): boolean =>
  !props.tree.some(({ path }) => path === KUBELET_KUBECONFIG);

/** The kubeconfig that kubelet wrote, with the current endpoint and CA. */
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
