import { TerraformStack, Testing } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  Etcd,
  KeyAlgorithm,
  Runtime,
} from "../../lib";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";
import { cluster, node, NODES } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { warningsOf } from "../support/warnings";

const CLUSTER = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
`;
const INIT = `---
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 10.0.0.11 }
nodeRegistration: { name: cp-1 }
`;
const KUBELET = `---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
`;

const ofFile = (config: string): string[] =>
  warningsOf(
    (stack) =>
      void ControlPlane.fromKubeadmConfig(stack, "cluster", { config }),
  );
const ofProps = (props: Partial<ControlPlaneProps>): string[] =>
  warningsOf(cluster(props));

const CRIO = "unix:///var/run/crio/crio.sock";

describe("what kubeadm replaces in a kubelet's configuration is told", () => {
  it.each<[string, unknown, string]>([
    ["containerRuntimeEndpoint", CRIO, "replaced by each node's criSocket"],
    ["rotateCertificates", false, "becomes true"],
    ["staticPodPath", "/etc/other", "starts no API server"],
  ])("%s, in a file and in props", (field, value, part) => {
    const [warning, ...more] = ofFile(
      CLUSTER + INIT + KUBELET + `${field}: ${String(value)}\n`,
    );
    expect(warning).toContain(`kubelet.config.${field}`);
    expect(warning).toContain(part);
    expect(more).toEqual([]);
    expect(ofProps({ kubelet: { config: { [field]: value } } })).toEqual([
      warning,
    ]);
  });

  it.each<[string, Partial<ControlPlaneProps>]>([
    [
      "the socket of the nodes",
      {
        kubelet: { config: { containerRuntimeEndpoint: CRIO } },
        nodes: [node(1, { criSocket: CRIO })],
      },
    ],
    [
      "the folder of the manifests, with a slash",
      { kubelet: { config: { staticPodPath: "/etc/kubernetes/manifests/" } } },
    ],
    [
      "any folder, if components are units",
      {
        kubelet: { config: { staticPodPath: "/etc/other" } },
        runtime: Runtime.systemd(),
      },
    ],
    [
      "rotateCertificates: true",
      { kubelet: { config: { rotateCertificates: true } } },
    ],
  ])("but not %s", (_, props) => expect(ofProps(props)).toEqual([]));
});

describe("a phase of kubeadm that is skipped", () => {
  const parse = (phase: string) =>
    parseKubeadmConfig(`${CLUSTER}${INIT}skipPhases: [${phase}]\n`);

  it("leaves the taint out, if it is mark-control-plane", () => {
    const { props, warnings } = parse("mark-control-plane");
    expect(props.nodes[0].taints).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it.each(["upload-config", "certs/ca", "bootstrap-token", "preflight"])(
    "has no meaning here, if it is %s",
    (phase) =>
      expect(parse(phase).warnings).toEqual([
        expect.stringContaining(`skipPhases[0] "${phase}" (what this phase`),
      ]),
  );

  it.each(["nonsense", "addon/foo", "mark-controlplane"])(
    "is refused, if it is %s",
    (phase) =>
      expectHelpful(
        messageOf(() => parse(phase)),
        `InitConfiguration.skipPhases[0] is "${phase}"`,
        "mark-control-plane",
      ),
  );
});

describe("the issuer of service account tokens", () => {
  const issuers = (given: string | string[]) =>
    ofProps({ apiServer: { extraArgs: { "service-account-issuer": given } } });

  it("is told where it overrides dnsDomain", () =>
    expect(issuers("https://a.example.org")).toEqual([
      expect.stringContaining("overrides dnsDomain"),
    ]));

  it("is not told where two issuers are how it is changed", () =>
    expect(issuers(["https://b.example.org", "https://a.example.org"])).toEqual(
      [],
    ));
});

describe("a key algorithm in lower case", () => {
  it.each(["rsa-2048", "ecdsa_p256"])("%s says which is meant", (given) =>
    expectHelpful(
      messageOf(() => KeyAlgorithm.of(given)),
      `"${given}"`,
      given.startsWith("rsa")
        ? "Did you mean RSA-2048?"
        : "Did you mean ECDSA-P256?",
    ),
  );

  it("of a kubeadm file is answered with those of a cluster", () => {
    const message = messageOf(() =>
      ControlPlane.fromKubeadmConfig(
        new TerraformStack(Testing.app(), "stack"),
        "cluster",
        { config: `${CLUSTER}encryptionAlgorithm: rsa-2048\n${INIT}` },
      ),
    );
    expectHelpful(message, "Did you mean RSA-2048?");
    expect(message).not.toContain("Ed25519");
  });
});

describe("a warning", () => {
  test("is given for an even number of etcd members", () => {
    expect(ofProps({ nodes: NODES.slice(0, 2) })).toEqual([
      expect.stringMatching(/^2 etcd members .* Use 1, 3 or 5/),
    ]);
  });

  test.each<[string, Partial<ControlPlaneProps>, string]>([
    [
      "of the API server",
      { apiServer: { extraArgs: { "secure-port": "1" } } },
      "bindPort",
    ],
    [
      "of the controller manager",
      { controllerManager: { extraArgs: { "cluster-cidr": "x" } } },
      "podSubnet",
    ],
    [
      "of etcd",
      { etcd: Etcd.stacked({ extraArgs: { "data-dir": "/x" } }) },
      "etcd.dataDir",
    ],
  ])(
    "is given for a flag %s that overrides a prop, and names both",
    (_, props, prop) => {
      const [warning, ...more] = ofProps(props);
      expect(more).toEqual([]);
      expect(warning).toContain(prop);
      expect(warning).toMatch(/extraArgs has "[\w-]+", which overrides/);
    },
  );

  test("is not given for other flags and an external etcd", () => {
    expect(ofProps({ nodes: NODES })).toEqual([]);
    expect(
      ofProps({
        nodes: NODES.slice(0, 2),
        etcd: Etcd.external({ endpoints: ["http://etcd:2379"] }),
      }),
    ).toEqual([]);
  });
});
