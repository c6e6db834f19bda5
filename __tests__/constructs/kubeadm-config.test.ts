import { Duration } from "../../lib/constructs/duration";
import { Etcd } from "../../lib/constructs/site/etcd";
import { KeyAlgorithm } from "../../lib/constructs/pki/key-algorithm";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";

const TOKEN = "abcdef.0123456789abcdef";

const NODE = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 10.0.1.11, bindPort: 8443 }
nodeRegistration: { name: cp-a }
`;

const cluster = (
  fields = "",
  version = "v1.36.3",
) => `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: ${version}
${fields}
`;

const documents = (...texts: string[]) => texts.join("---\n");
const parse = (...texts: string[]) => parseKubeadmConfig(documents(...texts));
const props = (...texts: string[]) => parse(...texts).props;
const init = (fields: string) => props(cluster(), NODE + fields);

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
    expect(parseKubeadmConfig(text).props).toEqual({
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
    const result = parseKubeadmConfig(text);
    expect(result.warnings).toEqual([
      expect.stringContaining("timeouts.controlPlaneComponentHealthCheck"),
      expect.stringContaining("InitConfiguration.bootstrapTokens[0].token"),
    ]);
    expect(JSON.stringify(result)).not.toMatch(/abcdef|0123456789abcdef/);
  });
});

describe("an external etcd", () => {
  const external = (fields: string, version?: string) =>
    props(cluster(`etcd: { external: ${fields} }`, version));

  test("keeps its endpoints and files", () => {
    const files = {
      caFile: "/etc/etcd/ca.crt",
      certFile: "/etc/etcd/c.crt",
      keyFile: "/etc/etcd/c.key",
    };
    const endpoints = ["https://10.0.0.1:2379"];
    const httpEndpoints = ["https://10.0.0.1:2381"];
    expect(
      external(JSON.stringify({ endpoints, httpEndpoints, ...files })).etcd,
    ).toEqual(Etcd.external({ endpoints, httpEndpoints, ...files }));
  });

  test("fails when etcd is local as well", () => {
    expect(() =>
      props(cluster("etcd: { local: {}, external: { endpoints: [a] } }")),
    ).toThrow("ClusterConfiguration.etcd has both local and external");
  });

  test("fails when a field exists only in a later version", () => {
    expect(() => external("{ httpEndpoints: [a] }", "v1.34.4")).toThrow(
      /etcd\.external\.httpEndpoints is not a field in Kubernetes 1\.34\. Allowed here: caFile, certFile, endpoints, keyFile\./,
    );
  });
});

describe("the node", () => {
  test("is absent if the text describes none", () => {
    expect(props(cluster()).nodes).toEqual([]);
  });

  test("has kubeadm's taint by default, and none if the list is empty", () => {
    const untainted = NODE.replace("cp-a", "cp-a, taints: []");
    expect(props(cluster(), untainted).nodes[0].taints).toEqual([]);
    expect(props(cluster(), NODE).nodes[0]).not.toHaveProperty("taints");
  });

  test.each(["", "name: ''"])(
    "fails when kubeadm would use the hostname: %j",
    (name) => {
      const text = NODE.replace("{ name: cp-a }", `{ ${name} }`);
      expect(() => props(cluster(), text)).toThrow(
        /nodeRegistration\.name is missing.*hostname.*`nodes`/,
      );
    },
  );

  test.each(["", "0.0.0.0", "127.0.0.2", "::1", "::"])(
    "fails when kubeadm would choose an address of the machine: %j",
    (address) => {
      const text = NODE.replace("10.0.1.11", `"${address}"`);
      expect(() => props(cluster(), text)).toThrow(
        /advertiseAddress (is missing|is ").*kubeadm (would|to) choose an address/,
      );
    },
  );

  test("may have a token as its address", () => {
    const text = NODE.replace("10.0.1.11", '"${TfToken[TOKEN.7]}"');
    expect(props(cluster(), text).nodes[0].address).toBe("${TfToken[TOKEN.7]}");
  });

  test("fails when a taint has an effect that does not exist", () => {
    const text = NODE.replace(
      "{ name: cp-a }",
      "{ name: cp-a, taints: [{ key: a, effect: Never }] }",
    );
    expect(() => props(cluster(), text)).toThrow(
      'taints[0].effect is "Never". Allowed: NoSchedule,',
    );
  });
});

describe("the endpoint", () => {
  test.each([
    ["api.example.org", "api.example.org:8443"],
    ["api.example.org:6443", "api.example.org:6443"],
    ["10.0.0.1", "10.0.0.1:8443"],
    ["fd00::1", "[fd00::1]:8443"],
    ["[fd00::1]", "[fd00::1]:8443"],
    ["[fd00::1]:6443", "[fd00::1]:6443"],
    ["${TfToken[TOKEN.7]}", "${TfToken[TOKEN.7]}:8443"],
    ["${TfToken[TOKEN.7]}:6443", "${TfToken[TOKEN.7]}:6443"],
  ])("gets the port of the node if it has none: %s", (given, expected) => {
    expect(
      props(cluster(`controlPlaneEndpoint: "${given}"`), NODE).endpoint,
    ).toBe(expected);
  });

  test("gets the default port if there is no node", () => {
    expect(props(cluster("controlPlaneEndpoint: a.example.org")).endpoint).toBe(
      "a.example.org:6443",
    );
  });
});

describe("the version", () => {
  test.each(["stable-1", "latest", "ci/latest", '"1.36"', "stable-1.36"])(
    "fails when kubeadm would look it up: %s",
    (version) => {
      expect(() => props(cluster("", version))).toThrow(
        /kubernetesVersion is ".*", .*for example v1\.36\.3/,
      );
    },
  );

  test.each(["", "null"])("fails when it is missing: %j", (version) => {
    expect(() => props(cluster("", version))).toThrow(
      "kubernetesVersion is missing",
    );
    expect(() => props(NODE)).toThrow("kubernetesVersion is missing");
  });

  test("fails when it is a number", () => {
    expect(() => props(cluster("", "1.36"))).toThrow(
      "is a number. Allowed is a string. Put it in quotes.",
    );
  });

  test("may be an unsupported one, which the site refuses later", () => {
    expect(props(cluster("", "v1.99.0")).kubernetesVersion).toBe("v1.99.0");
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

describe("bootstrap tokens", () => {
  test("are kubeadm's default if the list is empty", () => {
    expect(init("bootstrapTokens: []").bootstrapTokens).toBeUndefined();
  });

  test("get kubeadm's defaults for empty fields", () => {
    expect(
      init("bootstrapTokens: [{ usages: [], groups: null, ttl: 0s }]")
        .bootstrapTokens,
    ).toEqual([{ ttl: "0s" }]);
  });

  test("fail when one has both ttl and expires", () => {
    expect(() =>
      init("bootstrapTokens: [{ ttl: 1h, expires: 2030-01-31T12:00:00Z }]"),
    ).toThrow("InitConfiguration.bootstrapTokens[0] has both ttl and expires");
  });

  test.each([
    "bootstrapTokens: [{ tokn: abcdef.0123456789abcdef }]",
    "bootstrapTokens: [{ token: [abcdef.0123456789abcdef] }]",
    "bootstrapTokens: [{ token: abcdef.0123456789abcdef, token: a }]",
    "bootstrapTokens:\n  - token: abcdef.0123456789abcdef\n token: a",
    "bootstrapTokens: abcdef.0123456789abcdef",
  ])("are not shown in any error: %j", (text) => {
    expect(() => init(text)).toThrow(/^(?!.*(abcdef|0123456789))/s);
  });
});

describe("lifetimes", () => {
  test.each([
    ["8760h", 8760],
    ["1.5h", 1.5],
    ["1h30m", 1.5],
  ])("are Go durations: %s", (text, hours) => {
    expect(
      props(
        cluster(`certificateValidityPeriod: ${text}`),
      ).certificateValidity?.toHours(),
    ).toBe(hours);
  });

  test.each(["365d", "8760", "1 h", '""'])(
    "fail when one is not a duration: %s",
    (text) => {
      expect(() =>
        props(cluster(`certificateValidityPeriod: ${text}`)),
      ).toThrow(
        /ClusterConfiguration\.certificateValidityPeriod is .*Go duration/,
      );
    },
  );

  test.each(["0s", "-1h"])(
    "fail when one is not more than zero: %s",
    (text) => {
      expect(() =>
        props(cluster(`caCertificateValidityPeriod: ${text}`)),
      ).toThrow(/more than zero/);
    },
  );
});
