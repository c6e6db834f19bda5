import { kubeconfig } from "./clients";
import type { Cluster } from "./cluster";
import type { Machine } from "./machines";

/** What a kubelet tells the API server of its node and of the static pods that it runs. */
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
