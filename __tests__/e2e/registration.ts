import { kubeconfig, serverOf } from "./clients";
import type { Cluster } from "./cluster";
import type { Machine } from "./machines";
import { until } from "./say";

/** Registers a node and its static pods, as its kubelet would. */
export async function register(
  cluster: Cluster,
  machine: Machine,
): Promise<void> {
  const create = async (object: object): Promise<Created> => {
    const kubelet = ["kubectl", "--kubeconfig", kubeconfig("kubelet")];
    const answer = await machine.run(
      [...kubelet, "create", "--filename", "-", "--output", "json"],
      { input: JSON.stringify(object) },
    );
    return JSON.parse(answer) as Created;
  };
  const node = { apiVersion: "v1", kind: "Node" };
  const { name } = machine;
  const { uid } = (await create({ ...node, metadata: { name } })).metadata;
  for (const { manifest } of cluster.podsOn(machine)) {
    const { metadata, spec } = manifest;
    await create({
      ...manifest,
      metadata: {
        ...metadata,
        name: `${metadata.name}-${name}`,
        annotations: {
          ...metadata.annotations,
          "kubernetes.io/config.hash": "1",
          "kubernetes.io/config.mirror": "1",
          "kubernetes.io/config.source": "file",
        },
        ownerReferences: [{ ...node, name, uid, controller: true }],
      },
      spec: { ...spec, nodeName: name },
    });
  }
}

interface Created {
  readonly metadata: { readonly uid: string };
}

/**
 * Requests a certificate for a new node, as a kubelet with only a bootstrap token does. It is approved automatically,
 * and signed.
 */
export async function certificateOf(
  node: string,
  token: string,
  cluster: Cluster,
  machine: Machine,
): Promise<string> {
  const request = await machine.run([
    ..."openssl req -new -nodes -newkey ec -keyout /dev/null".split(" "),
    ..."-pkeyopt ec_paramgen_curve:prime256v1 -subj".split(" "),
    `/O=system:nodes/CN=system:node:${node}`,
  ]);
  const object = {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: node },
    spec: {
      request: Buffer.from(request).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client-kubelet",
      usages: ["digital signature", "client auth"],
    },
  };
  await machine.run(
    [
      "kubectl",
      "--server",
      serverOf(machine),
      "--token",
      token,
      "--certificate-authority",
      "/etc/kubernetes/pki/ca.crt",
      "create",
      "--filename",
      "-",
    ],
    { input: JSON.stringify(object) },
  );
  let certificate = "";
  await until("the certificate signed", 60, async () => {
    certificate = await cluster.kubectl(
      "get",
      "certificatesigningrequest",
      node,
      "--output",
      "jsonpath={.status.certificate}",
    );
    return certificate !== "";
  });
  return Buffer.from(certificate, "base64").toString();
}
