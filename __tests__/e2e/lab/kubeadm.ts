import { randomBytes } from "node:crypto";
import { say, seconds, until } from "../say";
import type { Host } from "./host";
import {
  LAB_KUBE_PROXY_CONFIG,
  LAB_KUBELET_CONFIG,
  LAB_POD_SUBNET,
} from "./lab";
import { KUBERNETES } from "../binaries";

/** The drop-in of kubeadm's package. */
const DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;
const API = "kubeadm.k8s.io/v1beta4";

/**
 * Sets up a control plane on all these hosts with kubeadm, as its documentation says, and returns the seconds until all
 * API servers were ready.
 * @param endpoint a name that leads to the first host
 * @param cluster further fields of the ClusterConfiguration
 */
export async function kubeadm(
  hosts: readonly Host[],
  endpoint: string,
  cluster: { readonly kubernetesVersion?: string; readonly dns?: object } = {},
): Promise<number> {
  const start = Date.now();
  const token = `${hex(3)}.${hex(8)}`;
  const certificateKey = hex(32);
  const run = async (host: Host, command: string, ...config: object[]) => {
    const begun = Date.now();
    await host.exec("cat > /root/kubeadm.yaml", {
      input: config.map((document) => JSON.stringify(document)).join("\n---\n"),
    });
    await installDropIn(host);
    await host.exec(
      `kubeadm ${command} --config /root/kubeadm.yaml --skip-phases preflight`,
    );
    say(`kubeadm ${command} on ${host.name} (${seconds(begun)})`);
  };
  const [first, ...others] = hosts;
  await run(
    first,
    "init --upload-certs",
    {
      apiVersion: API,
      kind: "InitConfiguration",
      certificateKey,
      bootstrapTokens: [{ token }],
      localAPIEndpoint: { advertiseAddress: first.address },
    },
    {
      apiVersion: API,
      kind: "ClusterConfiguration",
      kubernetesVersion: KUBERNETES.text,
      controlPlaneEndpoint: `${endpoint}:6443`,
      networking: { podSubnet: LAB_POD_SUBNET },
      ...cluster,
    },
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      ...LAB_KUBELET_CONFIG,
    },
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      ...LAB_KUBE_PROXY_CONFIG,
    },
  );
  // One after another, because etcd accepts only one new member at a time.
  for (const host of others)
    await run(host, "join", {
      apiVersion: API,
      kind: "JoinConfiguration",
      discovery: {
        bootstrapToken: {
          token,
          apiServerEndpoint: `${endpoint}:6443`,
          unsafeSkipCAVerification: true,
        },
      },
      controlPlane: {
        certificateKey,
        localAPIEndpoint: { advertiseAddress: host.address },
      },
    });
  for (const host of hosts)
    await until(`the API server of ${host.name} ready`, 240, async () => {
      const url = `https://${host.address}:6443/readyz`;
      await host.exec(`curl --silent --fail --insecure ${url}`);
      return true;
    });
  return (Date.now() - start) / 1000;
}

/** Installs the files of kubeadm's package, except the program. */
export async function installDropIn(host: Host): Promise<void> {
  await host.exec(DROP_IN_SCRIPT, { input: DROP_IN });
}

const DROP_IN_SCRIPT = `
mkdir -p /usr/lib/systemd/system/kubelet.service.d
cat > /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
systemctl daemon-reload
systemctl enable --quiet kubelet
`;

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
