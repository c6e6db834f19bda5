import { parseKubeadmConfig } from "../../../lib/constructs/kubeadm-config/kubeadm-config";

/** A document with the node cp-a. */
export const NODE = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 10.0.1.11, bindPort: 8443 }
nodeRegistration: { name: cp-a }
`;

/** A document with these fields of a cluster. */
export const cluster = (
  fields = "",
  version = "v1.36.3",
) => `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: ${version}
${fields}
`;

export const documents = (...texts: string[]) => texts.join("---\n");
export const parse = (...texts: string[]) =>
  parseKubeadmConfig(documents(...texts));
export const props = (...texts: string[]) => parse(...texts).props;

/** The props of a cluster whose node has these fields. */
export const init = (fields: string) => props(cluster(), NODE + fields);
