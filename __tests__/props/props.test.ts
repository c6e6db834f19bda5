import { Fn, Lazy, Token } from "cdktf";
import {
  ApiProxy,
  Certificate,
  CertificateAuthority,
  ControlPlane,
  Duration,
  Endpoint,
  Etcd,
  KeyPair,
  Kubeconfig,
  KubeconfigUser,
  LocalControlPlane,
  MergedKubeconfig,
  NodeAccess,
  Runtime,
  ServiceAccountToken,
  Store,
} from "../../lib";
import { PROPS } from "../../lib/props/table";
import { type PropsName, propsOf } from "../../lib/props/types";
import { node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { cluster, make } from "./support/unchecked";

const refused = (action: () => unknown, ...parts: string[]) =>
  expectHelpful(messageOf(action), ...parts);

describe("a prop that does not exist is refused", () => {
  it.each<[string, object, ...string[]]>([
    ["podsubnet", { podsubnet: "10.1.0.0/16" }, "Did you mean podSubnet?"],
    ["pod_subnet", { pod_subnet: "10.1.0.0/16" }, "Did you mean podSubnet?"],
    ["apiserver", { apiserver: {} }, "Did you mean apiServer?"],
    [
      "acces",
      { nodes: [{ ...node(1), acces: NodeAccess.directory() }] },
      "nodes[0] ",
      "Did you mean access?",
    ],
    ["extraargs", { apiServer: { extraargs: {} } }, "apiServer ", "extraArgs?"],
    ["tag", { dns: { image: { tagg: "1" } } }, "dns.image ", "tag?"],
    [
      "certSANs",
      { apiServer: { certSANs: ["api.internal"] } },
      "apiServer ",
      'Did you mean certSans of ControlPlane "it" itself?',
    ],
    ["extraEnvs", { extraEnvs: [] }, "Did you mean apiServer.extraEnvs"],
    ["taints", { taints: [] }, "Did you mean nodes[].taints?"],
    [
      "addr",
      { nodes: [{ ...node(1), addr: "10.0.0.1" }] },
      "nodes[0] ",
      "Did you mean address?",
    ],
    ["frobnicate", { frobnicate: 1 }, "Allowed are clusterName", "Remove it"],
  ])("%s", (prop, props, ...parts) => {
    refused(
      () => cluster(props),
      'ControlPlane "it"',
      `no prop ${JSON.stringify(prop === "tag" ? "tagg" : prop)}`,
      ...parts,
    );
  });

  it.each<[string, () => unknown, ...string[]]>([
    [
      "of a local control plane, which is cut short",
      () => make(LocalControlPlane, { binaryDir: "bin" }),
      "Did you mean binaryDirectory?",
    ],
    [
      "of etcd, which is too long",
      () => Etcd.stacked({ dataDirectory: "/a" } as never),
      "Did you mean dataDir?",
    ],
    [
      "of a certificate",
      () => make(Certificate, { comonName: "x" }),
      'Certificate "it"',
      "commonName?",
    ],
    ["of a kubeconfig", () => make(Kubeconfig, { sever: "x" }), "server?"],
    ["of a CA", () => make(CertificateAuthority, { stor: "x" }), "store?"],
    ["of a key pair", () => make(KeyPair, { keyAlgoritm: 1 }), "keyAlgorithm?"],
    ["of a store", () => make(Store, { folder: "x" }), 'Store "it"'],
    ["of a proxy", () => make(ApiProxy, { ports: 1 }), "port?"],
    [
      "of a merge",
      () => make(MergedKubeconfig, { kubeconfig: [] }),
      "configs?",
    ],
    [
      "of a token",
      () => make(ServiceAccountToken, { namespaces: "x" }),
      "namespace?",
    ],
    [
      "of a local control plane",
      () => make(LocalControlPlane, { kubernetesVersion: "1.36.3", prot: 1 }),
      'LocalControlPlane "it"',
      "port?",
    ],
    [
      "of SSH",
      () => NodeAccess.ssh({ host: "a", userr: "b" } as never),
      "NodeAccess.ssh",
      "user?",
    ],
    [
      "of a virtual IP",
      () => Endpoint.virtualIp({ adress: "10.0.0.9" } as never),
      "address?",
    ],
    [
      "of systemd",
      () => Runtime.systemd({ binarys: "x" } as never),
      "binaries?",
    ],
    ["of etcd", () => Etcd.stacked({ datadir: "/x" } as never), "dataDir?"],
    [
      "of a user's certificate",
      () => KubeconfigUser.certificate({ commonname: "x" } as never),
      "commonName?",
    ],
  ])("%s", (_, action, ...parts) => refused(action, ...parts));
});

describe("a value of another type is refused", () => {
  it.each<[string, object, ...string[]]>([
    [
      "a text as a duration",
      { certificateValidity: "90d" },
      'certificateValidity is the string "90d"',
      "Duration.days(…)",
    ],
    [
      "a number as a flag",
      { apiServer: { extraArgs: { v: 4 } } },
      'apiServer.extraArgs["v"] is the number 4',
      'Write "4".',
    ],
    [
      "a flag of a node",
      { nodes: [{ ...node(1), kubeletExtraArgs: { v: true } }] },
      'nodes[0].kubeletExtraArgs["v"]',
      'Write "true".',
    ],
    [
      "a taint without a key",
      { nodes: [{ ...node(1), taints: [{ effect: "NoSchedule" }] }] },
      "nodes[0].taints[0].key is missing",
    ],
    [
      "an effect in lower case",
      { nodes: [{ ...node(1), taints: [{ key: "a", effect: "noschedule" }] }] },
      'Did you mean "NoSchedule"?',
    ],
    ["no nodes", { nodes: undefined }, "nodes is missing", "name, address"],
    ["an object for nodes", { nodes: {} }, "nodes is an object", "[ … ]"],
    ["a text for nodes", { nodes: ["cp-1"] }, 'nodes[0] is the string "cp-1"'],
    ["a number in quotes", { maxUnavailable: "2" }, "Write 2, without quotes."],
    [
      "a boolean in quotes",
      { kubeProxy: { enabled: "false" } },
      "Write false, without quotes.",
    ],
    ["null", { podSubnet: null }, "podSubnet is null", "Leave it out"],
    ["a function", { clusterName: () => "x" }, "clusterName is a function"],
    ["a list of SANs that is a text", { certSans: "a" }, "[ … ]"],
    [
      "an object of another class",
      { endpoint: Runtime.staticPods() },
      "endpoint is a Runtime",
      "Endpoint.fixed(…)",
    ],
    [
      "a Map as a CA",
      { certificateAuthority: new Map() },
      "a CertificateAuthority",
    ],
    [
      "an empty CA",
      { certificateAuthority: {} },
      "certificateAuthority is an object",
    ],
    ["a Date as a duration", { startupTimeout: new Date(0) }, "is a Date"],
    ["a number among SANs", { certSans: ["a", 1] }, "certSans[1]"],
    [
      "a plain object as access",
      { nodes: [{ ...node(1), access: {} }] },
      "ssh",
    ],
    [
      "a feature gate as text",
      { featureGates: { A: "true" } },
      "without quotes",
    ],
  ])("%s", (_, props, ...parts) => refused(() => cluster(props), ...parts));

  it.each([undefined, null, "x", 4, []])("%p instead of props", (props) => {
    refused(
      () => make(ControlPlane, props),
      'ControlPlane "it": what is given as props',
    );
  });
});

describe("what is right is taken", () => {
  it.each<[string, object]>([
    ["undefined for what is optional", { podSubnet: undefined }],
    ["undefined for what nobody knows", { podsubnet: undefined }],
    [
      "a list for a repeated flag",
      { apiServer: { extraArgs: { "api-audiences": ["a"] } } },
    ],
    ["a token for a text", { certSans: [Token.asString(Fn.file("x"))] }],
    ["a list token", { certSans: Token.asList(Fn.file("x")) }],
    [
      "a lazy text",
      { certSans: [Lazy.stringValue({ produce: () => "a.example" })] },
    ],
    [
      "a map token",
      { kubelet: { config: Token.asAnyMap(Fn.jsondecode("{}")) } },
    ],
    ["an endpoint as text", { endpoint: "api.example.org:6443" }],
    [
      "an endpoint as an object",
      { endpoint: Endpoint.fixed("a.example:6443") },
    ],
    ["a duration", { certificateValidity: Duration.days(90) }],
  ])("%s", (_, props) => {
    expect(() => cluster(props)).not.toThrow();
  });

  it("has only types that can be read, whatever the props", () => {
    for (const name of Object.keys(PROPS) as PropsName[])
      for (const prop of propsOf(name).values())
        expect(JSON.stringify(prop.type)).toMatch(
          /"of":"(string|number|boolean|null|any|literal|class|interface|props|list|map|union)"/,
        );
  });
});
