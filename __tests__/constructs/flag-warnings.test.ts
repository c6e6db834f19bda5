import { ControlPlane } from "../../lib/constructs/cluster/control-plane";
import { LocalControlPlane } from "../../lib/constructs/cluster/local-control-plane";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";
import { Etcd } from "../../lib/constructs/site/etcd";
import { Runtime } from "../../lib/constructs/site/runtime";
import { cluster, node, NODES } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { KUBEADM_CASES } from "../support/kubeadm";
import { warningsOf } from "../support/warnings";
import {
  apiServer,
  controllerManager,
  kubelet,
  namedBy,
  scheduler,
  type Props,
} from "./support/flags";

describe("a flag that weakens the cluster warns:", () => {
  test("anonymous requests, if another authorizer than RBAC may allow them", () => {
    const mode = "Node,RBAC,ABAC";
    expect(
      namedBy(
        apiServer({ "anonymous-auth": "true", "authorization-mode": mode }),
      ),
    ).toEqual(["kube-apiserver --anonymous-auth"]);
    expect(
      namedBy(
        apiServer({
          "anonymous-auth": "true",
          "authorization-mode": "AlwaysAllow",
        }),
      ),
    ).toContain("kube-apiserver --anonymous-auth");
  });

  test("a flag of a single node", () => {
    const given = { "anonymous-auth": "true" };
    const [warning, ...more] = warningsOf(
      cluster({
        nodes: [node(1), node(2, { kubeletExtraArgs: given }), node(3)],
      }),
    );
    expect(more).toEqual([]);
    expect(warning).toMatch(
      /^kubeletExtraArgs of node cp-2: kubelet --anonymous-auth=true weakens/,
    );
  });

  test("flags of a pool and of a single worker, without repeating the cluster's", () => {
    const program = cluster(kubelet({ "read-only-port": "10255" }), (plane) =>
      plane.addWorkers("pool", {
        kubelet: { config: { authorization: { mode: "AlwaysAllow" } } },
        nodes: [
          {
            name: "worker-1",
            address: "10.0.0.21",
            kubeletExtraArgs: { "anonymous-auth": "true" },
          },
        ],
      }),
    );
    expect(
      warningsOf(program).map((text) => text.split(" weakens")[0]),
    ).toEqual([
      "kubelet: kubelet --read-only-port=10255",
      "kubelet of the pool: kubelet --authorization-mode=AlwaysAllow",
      "kubeletExtraArgs of node worker-1: kubelet --anonymous-auth=true",
    ]);
  });

  test("flags in a kubeadm file", () => {
    const config = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 10.0.0.11 }
nodeRegistration:
  name: cp-1
  kubeletExtraArgs: [{ name: read-only-port, value: "10255" }]
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
apiServer:
  extraArgs:
    - { name: authorization-mode, value: "Node,RBAC" }
    - { name: authorization-mode, value: AlwaysAllow }
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: true } }
`;
    const warnings = (acceptedFlags?: string[]) =>
      warningsOf((stack) => {
        ControlPlane.fromKubeadmConfig(stack, "cluster", {
          config,
          acceptedFlags,
        });
      }).filter((text) => text.includes("acceptedFlags"));
    expect(warnings()).toHaveLength(3);
    expect(
      warnings([
        "kube-apiserver --authorization-mode",
        "kubelet --anonymous-auth",
        "kubelet --read-only-port",
      ]),
    ).toEqual([]);
  });

  test("flags of a local control plane", () => {
    const local = (acceptedFlags: string[]) =>
      warningsOf((stack) => {
        new LocalControlPlane(stack, "local", {
          kubernetesVersion: "1.36.3",
          acceptedFlags,
          apiServer: { extraArgs: { "authorization-mode": "AlwaysAllow" } },
        });
      });
    expect(local([]).length).toBeGreaterThan(0);
    expect(local(["kube-apiserver --authorization-mode"])).toEqual([]);
  });
});

describe("there is no warning", () => {
  test.each<[string, Props]>([
    ["by default", {}],
    ["with several nodes", { nodes: NODES }],
    ["with units", { runtime: Runtime.systemd() }],
    [
      "with an external etcd",
      {
        etcd: Etcd.external({
          endpoints: ["https://etcd:2379"],
          caFile: "/a",
          certFile: "/b",
          keyFile: "/c",
        }),
      },
    ],
    [
      "if a list keeps the values that protect",
      apiServer({
        "enable-admission-plugins": "AlwaysPullImages, NodeRestriction",
      }),
    ],
    [
      "if a repeated flag keeps the values that protect",
      apiServer({
        "enable-admission-plugins": ["AlwaysPullImages", "NodeRestriction"],
      }),
    ],
    [
      "for an additional authorizer",
      apiServer({ "authorization-mode": "Node,RBAC,Webhook" }),
    ],
    [
      "for disabled plugins that do not protect",
      apiServer({
        "disable-admission-plugins":
          "DefaultStorageClass,DefaultTolerationSeconds",
      }),
    ],
    [
      "for anonymous requests with RBAC",
      apiServer({ "anonymous-auth": "true" }),
    ],
    [
      "for features that are switched off",
      apiServer({ profiling: "false", "anonymous-auth": "false" }),
    ],
    [
      "if the last value is harmless",
      kubelet({ "anonymous-auth": ["true", "false"] }),
    ],
    [
      "if a flag overrides a field",
      {
        kubelet: {
          config: { readOnlyPort: 10255 },
          extraArgs: { "read-only-port": "0" },
        },
      },
    ],
    [
      "for strong TLS",
      apiServer({
        "tls-min-version": "VersionTLS13",
        "tls-cipher-suites": "TLS_AES_256_GCM_SHA384",
      }),
    ],
    ["for a usual log level", apiServer({ v: "4" })],
    [
      "for the default value",
      apiServer({ "client-ca-file": "/etc/kubernetes/pki/ca.crt" }),
    ],
    [
      "for additional controllers",
      controllerManager({ controllers: "*,bootstrapsigner,tokencleaner,-ttl" }),
    ],
    [
      "for paths that reveal nothing",
      scheduler({
        "authorization-always-allow-paths": "/healthz,/readyz,/livez",
      }),
    ],
  ])("%s", (_, props) => {
    expect(namedBy(props)).toEqual([]);
  });
});

/** The flags that weaken the cluster in the test cases of kubeadm. */
const OF_KUBEADM: Readonly<Record<string, readonly string[]>> = {
  "v1.33.13 component-configs": ["kubelet --anonymous-auth"],
  "v1.36.3 component-configs": ["kubelet --anonymous-auth"],
  "v1.33.13 flags": ["kube-controller-manager --controllers"],
  "v1.36.3 flags": [
    "etcd --feature-gates",
    "kube-controller-manager --controllers",
  ],
};

test.each(KUBEADM_CASES)(
  "the kubeadm file $name of $version causes no other warnings",
  ({ config, name, version }) => {
    expect(namedBy(parseKubeadmConfig(config).props)).toEqual(
      OF_KUBEADM[`${version} ${name}`] ?? [],
    );
  },
);

test("a warning states the flag, the risk, and how to accept it", () => {
  const [warning] = warningsOf(
    cluster(apiServer({ "authorization-mode": "AlwaysAllow,RBAC,Node" })),
  );
  expect(warning).toBe(
    "apiServer: kube-apiserver --authorization-mode=AlwaysAllow,RBAC,Node weakens the cluster: anyone with a " +
      "credential may do everything. It takes effect, as with kubeadm. If you want this, add " +
      '"kube-apiserver --authorization-mode" to acceptedFlags.',
  );
});

test("an accepted flag causes no warning, but other flags still do", () => {
  const props = apiServer({
    profiling: "true",
    "token-auth-file": "/etc/kubernetes/tokens.csv",
  });
  expect(
    namedBy({ ...props, acceptedFlags: ["kube-apiserver --profiling"] }),
  ).toEqual(["kube-apiserver --token-auth-file"]);
});

test.each([
  "profiling",
  "kube-apiserver profiling",
  "kube-apiserver --no-such-flag",
  "kube-proxy --profiling",
  "kubelet --service-account-lookup",
  "",
])("fails when acceptedFlags has %j, which never causes a warning", (flag) => {
  expectHelpful(
    messageOf(() => warningsOf(cluster({ acceptedFlags: [flag] }))),
    `acceptedFlags has ${JSON.stringify(flag)}`,
  );
});
