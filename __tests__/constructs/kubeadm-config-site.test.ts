import { Etcd } from "../../lib/constructs/site/etcd";
import { cluster, NODE, props } from "./support/kubeadm-config";

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
