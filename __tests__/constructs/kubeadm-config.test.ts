import { Duration } from "../../lib/constructs/duration";
import { KeyAlgorithm } from "../../lib/constructs/pki/key-algorithm";
import { Etcd } from "../../lib/constructs/site/etcd";
import {
  cluster,
  documents,
  init,
  NODE,
  parse,
  props,
} from "./support/kubeadm-config";

const TOKEN = "abcdef.0123456789abcdef";

describe("a kubeadm configuration with every field that is used", () => {
  const text = documents(
    `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
  - { token: ${TOKEN}, description: workers, ttl: 48h, usages: [authentication], groups: [system:bootstrappers:a] }
  - { expires: 2030-01-31T12:00:00Z }
localAPIEndpoint: { advertiseAddress: 10.0.1.11, bindPort: 8443 }
nodeRegistration:
  name: CP-A
  criSocket: /run/containerd/containerd.sock
  imagePullPolicy: Always
  kubeletExtraArgs: [{ name: node-ip, value: 10.0.1.11 }]
  taints: [{ key: a, value: b, effect: NoSchedule }]
skipPhases: [addon/coredns]
timeouts: { controlPlaneComponentHealthCheck: 6m0s }
`,
    `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
iptables: { syncPeriod: 30s }
`,
    `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: 250
evictionHard: { memory.available: 100Mi }
`,
    cluster(`
apiServer:
  certSANs: [API.example.org]
  extraArgs: [{ name: v, value: "2" }, { name: api-audiences, value: a }, { name: v, value: "4" }, { name: empty }]
  extraEnvs:
    - { name: A, value: b }
    - { name: C, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
  extraVolumes: [{ name: audit, hostPath: /a, mountPath: /b, readOnly: true, pathType: Directory }]
caCertificateValidityPeriod: 43800h
certificateValidityPeriod: 4380h0m0s
certificatesDir: /etc/pki
clusterName: prod
controlPlaneEndpoint: api.example.org
controllerManager:
  extraArgs: [{ name: v, value: "3" }]
  extraEnvs: [{ name: A, value: b }]
  extraVolumes: [{ name: c, hostPath: /c, mountPath: /c }]
dns: { imageRepository: r.example.org/dns, imageTag: v1.2.3 }
encryptionAlgorithm: ECDSA-P256
etcd:
  local:
    dataDir: /data/etcd
    extraArgs: [{ name: quota-backend-bytes, value: "8589934592" }]
    extraEnvs: [{ name: A, value: b }]
    imageRepository: r.example.org/etcd
    imageTag: 3.6.8-0
    peerCertSANs: [peer.example.org]
    serverCertSANs: [etcd.example.org]
featureGates: { NodeLocalCRISocket: true }
imageRepository: r.example.org/k8s
networking: { dnsDomain: k8s.local, podSubnet: 10.1.0.0/16, serviceSubnet: 10.2.0.0/16 }
proxy: { disabled: true }
scheduler:
  extraArgs: [{ name: v, value: "5" }]
  extraEnvs: [{ name: A, value: b }]
  extraVolumes: [{ name: d, hostPath: /d, mountPath: /d }]
`),
  );

  test("is converted to props", () => {
    expect(parse(text).props).toEqual({
      clusterName: "prod",
      kubernetesVersion: "v1.36.3",
      endpoint: "api.example.org:8443",
      nodes: [
        {
          name: "cp-a",
          address: "10.0.1.11",
          bindPort: 8443,
          criSocket: "unix:///run/containerd/containerd.sock",
          imagePullPolicy: "Always",
          kubeletExtraArgs: { "node-ip": "10.0.1.11" },
          taints: [{ key: "a", value: "b", effect: "NoSchedule" }],
        },
      ],
      podSubnet: "10.1.0.0/16",
      serviceSubnet: "10.2.0.0/16",
      dnsDomain: "k8s.local",
      certSans: ["api.example.org"],
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      certificateValidity: Duration.hours(4380),
      caCertificateValidity: Duration.hours(43800),
      imageRepository: "r.example.org/k8s",
      certificatesDir: "/etc/pki",
      featureGates: { NodeLocalCRISocket: true },
      startupTimeout: Duration.parse("6m"),
      apiServer: {
        extraArgs: { v: ["2", "4"], "api-audiences": "a", empty: "" },
        extraEnvs: [
          { name: "A", value: "b" },
          {
            name: "C",
            valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
          },
        ],
        extraVolumes: [
          {
            name: "audit",
            hostPath: "/a",
            mountPath: "/b",
            readOnly: true,
            pathType: "Directory",
          },
        ],
      },
      controllerManager: {
        extraArgs: { v: "3" },
        extraEnvs: [{ name: "A", value: "b" }],
        extraVolumes: [{ name: "c", hostPath: "/c", mountPath: "/c" }],
      },
      scheduler: {
        extraArgs: { v: "5" },
        extraEnvs: [{ name: "A", value: "b" }],
        extraVolumes: [{ name: "d", hostPath: "/d", mountPath: "/d" }],
      },
      kubelet: {
        config: { maxPods: 250, evictionHard: { "memory.available": "100Mi" } },
      },
      kubeProxy: {
        enabled: false,
        config: { mode: "nftables", iptables: { syncPeriod: "30s" } },
      },
      dns: {
        enabled: false,
        image: { repository: "r.example.org/dns", tag: "v1.2.3" },
      },
      etcd: Etcd.stacked({
        dataDir: "/data/etcd",
        extraArgs: { "quota-backend-bytes": "8589934592" },
        extraEnvs: [{ name: "A", value: "b" }],
        image: { repository: "r.example.org/etcd", tag: "3.6.8-0" },
        peerCertSans: ["peer.example.org"],
        serverCertSans: ["etcd.example.org"],
      }),
      bootstrapTokens: [
        {
          description: "workers",
          ttl: "48h0m0s",
          usages: ["authentication"],
          groups: ["system:bootstrappers:a"],
        },
        { expires: "2030-01-31T12:00:00Z" },
      ],
    });
  });

  test("keeps the order of repeated flags", () => {
    expect(Object.keys(props(text).apiServer?.extraArgs ?? {})).toEqual([
      "v",
      "api-audiences",
      "empty",
    ]);
  });

  test("causes a warning about the token, which is not copied", () => {
    const result = parse(text);
    expect(result.warnings).toEqual([
      expect.stringContaining("timeouts.controlPlaneComponentHealthCheck"),
      expect.stringContaining("InitConfiguration.bootstrapTokens[0].token"),
    ]);
    expect(JSON.stringify(result)).not.toMatch(/abcdef|0123456789abcdef/);
  });
});

describe("feature gates", () => {
  test("decide the key algorithm, as in kubeadm", () => {
    const algorithm = (enabled: boolean) =>
      props(
        cluster(
          `encryptionAlgorithm: RSA-4096\nfeatureGates: { PublicKeysECDSA: ${enabled} }`,
        ),
      ).keyAlgorithm;
    expect(algorithm(true)).toEqual(KeyAlgorithm.ECDSA_P256);
    expect(algorithm(false)).toEqual(KeyAlgorithm.RSA_2048);
  });

  test("fail when the version does not have one", () => {
    expect(() =>
      props(cluster("featureGates: { PublicKeysECDSA: true }", "v1.37.1")),
    ).toThrow(
      "featureGates.PublicKeysECDSA is not a feature gate of kubeadm 1.37. Allowed: RootlessControlPlane.",
    );
  });

  test("fail when one would change the manifests in an unsupported way", () => {
    expect(() =>
      props(cluster("featureGates: { RootlessControlPlane: true }")),
    ).toThrow("is not supported");
    expect(
      props(cluster("featureGates: { RootlessControlPlane: false }"))
        .featureGates,
    ).toBeDefined();
  });
});

describe("fields that have no meaning here", () => {
  test("are named in one warning", () => {
    const text = NODE.replace(
      "{ name: cp-a }",
      "{ name: cp-a, ignorePreflightErrors: [Swap], imagePullSerial: false, taints: [{ key: a, effect: NoExecute, timeAdded: 2030-01-31T12:00:00Z }] }",
    );
    const { warnings } = parse(
      cluster(),
      `${text}certificateKey: "0123"\ndryRun: true\nskipPhases: [preflight, addon/kube-proxy]\ntimeouts: { discovery: 5m }\n`,
    );
    expect(warnings).toHaveLength(1);
    for (const path of [
      "nodeRegistration.ignorePreflightErrors",
      "nodeRegistration.imagePullSerial",
      "nodeRegistration.taints[0].timeAdded",
      "certificateKey",
      "dryRun",
      'skipPhases[0] "preflight"',
      "timeouts.discovery",
    ]) {
      expect(warnings[0]).toContain(`InitConfiguration.${path} (`);
    }
    expect(warnings[0]).not.toMatch(/0123|kube-proxy/);
  });

  test("do not hide that a skipped phase omits an add-on", () => {
    const proxy = cluster("proxy: { disabled: false }");
    expect(
      props(`${NODE}skipPhases: [addon/kube-proxy]\n`, proxy),
    ).toMatchObject({ kubeProxy: { enabled: false } });
    expect(props(`${NODE}skipPhases: [addon]\n`, proxy)).toMatchObject({
      dns: { enabled: false },
      kubeProxy: { enabled: false },
    });
  });

  test("cause no warning if there are none", () => {
    expect(parse(cluster(), NODE).warnings).toEqual([]);
  });

  test("are refused if they would change the manifests", () => {
    expect(() => init("patches: { directory: /patches }")).toThrow(
      /InitConfiguration\.patches is not supported/,
    );
  });
});
