import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";

const CLUSTER =
  "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.3\n";
const KUBELET =
  "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";

const parse = (...texts: string[]) =>
  parseKubeadmConfig(texts.join("---\n")).props;
const args = (value: string) =>
  parse(`${CLUSTER}scheduler: { extraArgs: [{ name: a, value: ${value} }] }\n`)
    .scheduler?.extraArgs?.a;
const kubelet = (fields: string) =>
  parse(CLUSTER, KUBELET + fields).kubelet?.config;

describe("the documents", () => {
  test("may be in any order, with empty documents, comments and Windows line ends", () => {
    const text = `# comment\n---\n${KUBELET}maxPods: 5\n---\n# nothing\n---\n${CLUSTER}...\n`;
    expect(parse(text.replaceAll("\n", "\r\n"))).toMatchObject({
      kubelet: { config: { maxPods: 5 } },
    });
  });

  test("may be JSON, indented by tabs", () => {
    const document = {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      kubernetesVersion: "v1.36.3",
    };
    expect(parse(JSON.stringify(document, null, "\t")).kubernetesVersion).toBe(
      "v1.36.3",
    );
  });

  test("may use anchors and merges, which become copies", () => {
    const text = `${CLUSTER}apiServer: &a { extraArgs: [{ name: v, value: "2" }] }
scheduler: *a
controllerManager: { <<: *a, extraEnvs: [{ name: A, value: b }] }
`;
    const { apiServer, scheduler, controllerManager } = parse(text);
    expect(scheduler).toEqual(apiServer);
    expect(scheduler?.extraArgs).not.toBe(apiServer?.extraArgs);
    expect(controllerManager).toEqual({
      ...apiServer,
      extraEnvs: [{ name: "A", value: "b" }],
    });
  });

  test.each(["", "# nothing\n", KUBELET])(
    "fail when none is of a kubeadm kind: %j",
    (text) => {
      expect(() => parse(text)).toThrow(
        "neither an InitConfiguration nor a ClusterConfiguration",
      );
    },
  );

  test("fail when the text is the path of a file", () => {
    expect(() => parse("kubeadm.yaml")).toThrow(
      /document 1 is a string.*text of the file, not its path/,
    );
  });

  test("fail when a kind is given twice", () => {
    expect(() => parse(CLUSTER, CLUSTER)).toThrow(
      "ClusterConfiguration is given twice",
    );
  });

  test("fail when a key is given twice", () => {
    expect(() => parse(`${CLUSTER}clusterName: a\nclusterName: b\n`)).toThrow(
      /line 5 is not YAML: duplicated/,
    );
  });

  test.each([
    ["v1beta3", "is older", "; kubeadm 1.31 writes v1beta4 from it."],
    ["v1beta2", "is older", "; kubeadm 1.26 writes v1beta3 from it, and"],
    ["v1beta1", "is older", "; kubeadm 1.21 writes v1beta2 from it, kubeadm"],
    ["v1alpha1", "is older", "Write it anew"],
    ["v1beta5", "is newer", "Upgrade cdktf-control-plane"],
    ["v1beta10", "is newer", "Upgrade cdktf-control-plane"],
    ["v1", "is newer", "Upgrade cdktf-control-plane"],
    ["v2alpha1", "is newer", "Upgrade cdktf-control-plane"],
  ])("fails when its version is %s", (version, what, todo) => {
    const read = () => parse(CLUSTER.replace("v1beta4", version));
    expect(read).toThrow(
      `ClusterConfiguration is of kubeadm.k8s.io/${version}, which ${what}`,
    );
    expect(read).toThrow(todo);
  });

  test.each([
    ["{{ .Values.name }}", 2],
    ["{% if a %}", 2],
  ])("fails when it is a template: %s", (mark, line) => {
    expect(() => parse(`a: 1\nb: ${mark}\nc: [\n`)).toThrow(
      new RegExp(`line ${line} holds .*not rendered`),
    );
  });

  test.each([
    "JoinConfiguration",
    "ResetConfiguration",
    "UpgradeConfiguration",
  ])("fail when one is a %s", (kind) => {
    expect(() =>
      parse(CLUSTER, `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ${kind}\n`),
    ).toThrow(
      new RegExp(
        `${kind} is not for kubeadm init, but for another command\\. Allowed are InitConfiguration`,
      ),
    );
  });

  test.each([
    ["v1", "ConfigMap"],
    ["kubelet.config.k8s.io/v1", "KubeletConfiguration"],
    ["kubeadm.k8s.io/v1beta4", "KubeletConfiguration"],
    ["kubeadm.k8s.io/v1beta4", "toString"],
  ])("fail when one has an unsupported kind: %s %s", (apiVersion, kind) => {
    expect(() =>
      parse(CLUSTER, `apiVersion: ${apiVersion}\nkind: ${kind}\n`),
    ).toThrow(
      `a document is ${kind} of ${apiVersion}. Allowed are InitConfiguration`,
    );
  });

  test.each([
    "kind: ClusterConfiguration\n",
    "apiVersion: kubeadm.k8s.io/v1beta4\n",
  ])("fail when one lacks apiVersion or kind: %j", (text) => {
    expect(() => parse(text)).toThrow("document 1 lacks apiVersion or kind");
  });
});

describe("values", () => {
  test.each([
    ["1:20", "1:20"],
    ["2030-01-31", "2030-01-31"],
    ["2030-01-31T12:00:00Z", "2030-01-31T12:00:00Z"],
    ['"4"', "4"],
    ["0.0.0.0", "0.0.0.0"],
    ["=", "="],
    ["20000-50000", "20000-50000"],
  ])("are strings if Kubernetes reads a string: %s", (text, expected) => {
    expect(args(text)).toBe(expected);
  });

  test.each([
    "4",
    "0x1F",
    "0o17",
    "1_000",
    "1e3",
    "089",
    "1.5",
    "yes",
    "off",
    "y",
    "True",
  ])("fail when Kubernetes does not read a string: %s", (text) => {
    expect(() => args(text)).toThrow(
      /ClusterConfiguration\.scheduler\.extraArgs\[0\]\.value is a (number|boolean)\. Allowed is a string\. Put it in quotes\./,
    );
  });

  test.each([
    ["010", 8],
    ["0o10", 8],
    ["0x10", 16],
    ["1_000", 1000],
    ["+5", 5],
    ["-0b11", -3],
  ])("are whole numbers as Go reads them: %s", (text, expected) => {
    expect(kubelet(`oomScoreAdj: ${text}`)).toEqual({
      oomScoreAdj: expected,
    });
  });

  test.each(["1.5", "99999999999999999999", ".inf", '"5"', "[]", "{}"])(
    "fail when one is not a whole number: %s",
    (text) => {
      expect(() => kubelet(`maxPods: ${text}`)).toThrow(
        /KubeletConfiguration\.maxPods is .*Allowed is a whole number/,
      );
    },
  );

  test("that are null are absent", () => {
    expect(
      parse(
        `${CLUSTER}clusterName: null\napiServer: ~\netcd: { external: null }\n`,
      ),
    ).toEqual({
      kubernetesVersion: "v1.36.3",
      nodes: [],
    });
    expect(kubelet("maxPods:\n")).toEqual({});
  });

  test("fail when a flag has no name", () => {
    expect(() =>
      parse(`${CLUSTER}scheduler: { extraArgs: [{ value: a }] }\n`),
    ).toThrow("ClusterConfiguration.scheduler.extraArgs[0] has no name");
  });

  test("fail when flags are a map, as before v1beta4", () => {
    expect(() =>
      parse(`${CLUSTER}scheduler: { extraArgs: { v: "4" } }\n`),
    ).toThrow(
      "ClusterConfiguration.scheduler.extraArgs is a mapping. Allowed is a list.",
    );
  });

  test.each(["tracing: &t { endpoint: *t }", "allowedUnsafeSysctls: &a [*a]"])(
    "fail when one contains itself: %s",
    (text) => {
      expect(() => kubelet(text)).toThrow("an alias contains itself");
    },
  );
});

describe("unknown fields", () => {
  test.each([
    [
      "networking: { podsubnet: a }",
      "networking.podsubnet",
      "dnsDomain, podSubnet, serviceSubnet",
    ],
    [
      "apiServer: { timeoutForControlPlane: 4m0s }",
      "apiServer.timeoutForControlPlane",
      "certSANs, extraArgs",
    ],
    [
      "apiServer: { extraEnvs: [{ name: a, valueFrom: { x: ~ } }] }",
      "apiServer.extraEnvs[0].valueFrom.x",
      "configMapKeyRef",
    ],
    ["__proto__: { a: b }", "__proto__", "apiServer"],
    ["toString: a", "toString", "apiServer"],
  ])("fail in a kubeadm document: %s", (text, path, allowed) => {
    expect(() => parse(`${CLUSTER}${text}\n`)).toThrow(
      `ClusterConfiguration.${path} is not a field in Kubernetes 1.36. Allowed here: ${allowed}`,
    );
  });

  test.each([
    [
      "maxPod: 5",
      "maxPod is not a field in Kubernetes 1.36. Allowed are the fields that the reference of its kind lists. Did you mean maxPods?",
    ],
    [
      "authentication: { x509: { caFile: a } }",
      "authentication.x509.caFile is not a field",
    ],
    ["logging: { flushFrequency: {} }", "logging.flushFrequency is a mapping"],
  ])("fail in a KubeletConfiguration: %s", (text, message) => {
    expect(() => kubelet(text)).toThrow(`KubeletConfiguration.${message}`);
  });

  test("depend on the Kubernetes version", () => {
    const config = (version: string) =>
      parse(
        CLUSTER.replace("v1.36.3", version),
        `${KUBELET}defaultPodSysctls: { a: b }\n`,
      ).kubelet?.config;
    expect(config("v1.37.1")).toEqual({ defaultPodSysctls: { a: "b" } });
    expect(() => config("v1.36.3")).toThrow(
      "KubeletConfiguration.defaultPodSysctls is not a field",
    );
  });
});
