import { TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  InputError,
  NodeAccess,
  ServiceAccountToken,
  Store,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";

const stackOf = () => new TerraformStack(Testing.app(), "stack");
const cluster = (props: Partial<ControlPlaneProps> = {}) =>
  new ControlPlane(stackOf(), "cluster", clusterProps(props));

const LONG = Duration.hours(1e12);
const SHORT = Duration.minutes(0.0001);

const authority = (validity?: Duration) => {
  const stack = stackOf();
  const store = new Store(stack, "store", { directory: "clusters/test" });
  return new CertificateAuthority(stack, "ca", {
    store,
    commonName: "ca",
    validity,
  });
};
const certificate = (validity: Duration, renewBefore?: Duration) => {
  const certificateAuthority = authority(Duration.hours(2_000_000));
  return new Certificate(certificateAuthority, "web", {
    certificateAuthority,
    commonName: "web",
    usages: ["serverAuth"],
    validity,
    renewBefore,
  });
};
const token = (lifetime: Duration) => {
  const access = NodeAccess.ssh({ host: "10.0.0.11" });
  const controlPlane = cluster({ nodes: [node(1, { access })] });
  return new ServiceAccountToken(controlPlane, "ci", {
    controlPlane,
    namespace: "team",
    lifetime,
  });
};

/** Each prop that takes a duration. */
const PROPS: readonly [
  prop: string,
  what: string,
  least: string | undefined,
  use: (given: Duration) => unknown,
][] = [
  [
    "certificateValidity",
    "certificateValidity is",
    "1h",
    (each) => cluster({ certificateValidity: each }),
  ],
  [
    "caCertificateValidity",
    "caCertificateValidity is",
    "1h",
    (each) => cluster({ caCertificateValidity: each }),
  ],
  [
    "startupTimeout",
    "startupTimeout is",
    "1s",
    (each) => cluster({ startupTimeout: each }),
  ],
  [
    "validity",
    'validity of the kubeconfig "jane"',
    "1h",
    (each) => cluster().addUser("jane", { validity: each }),
  ],
  ["validity", 'validity of CertificateAuthority "ca"', "1h", authority],
  ["validity", 'validity of Certificate "web"', "1h", certificate],
  ["lifetime", 'lifetime of the token "ci"', "600s", token],
  [
    "connectTimeout",
    "connectTimeout of NodeAccess.ssh",
    "1s",
    (each) => NodeAccess.ssh({ host: "10.0.0.11", connectTimeout: each }),
  ],
  [
    "drainTimeout",
    "drainTimeout of the worker pool general",
    undefined,
    (each) =>
      cluster().addWorkers("general", { nodes: [], drainTimeout: each }),
  ],
];

const promised = (use: () => unknown): InputError => {
  try {
    use();
  } catch (error) {
    return error as InputError;
  }
  throw new Error("It was taken.");
};

describe.each(PROPS)("%s: %s", (prop, what, least, use) => {
  test("is refused above its bound", () => {
    const error = promised(() => use(LONG));
    expectHelpful(error.message, what, "1000000000000h", "Allowed is");
    expect(error).toBeInstanceOf(InputError);
    expect(error.prop).toBe(prop);
  });

  test("is refused below its bound", () => {
    if (least === undefined) return expect(() => use(SHORT)).not.toThrow();
    const { message } = promised(() => use(SHORT));
    expectHelpful(
      message,
      what,
      "0.006s",
      `Allowed is ${least === "600s" ? "" : least}`,
    );
  });
});

test("renewBefore is bounded by what it renews", () =>
  expectHelpful(
    messageOf(() => certificate(Duration.days(30), LONG)),
    "renewBefore is",
  ));

test("a validity beyond that of the CA names the prop", () =>
  expectHelpful(
    messageOf(() => cluster({ certificateValidity: Duration.hours(87_601) })),
    "certificateValidity is 87601h",
    "87600h",
  ));

test.each([
  [Duration.minutes(4), 24],
  [Duration.minutes(1 / 60), 1],
  [Duration.hours(24), 8640],
])(
  "%s makes a threshold that Kubernetes takes",
  (startupTimeout, threshold) => {
    const path = "nodes/cp-1/root/etc/kubernetes/manifests/etcd.yaml";
    const files = artefactsOf(
      (stack) =>
        void new ControlPlane(stack, "c", clusterProps({ startupTimeout })),
    );
    const [container] = yamlOf(files.get(path)!).spec.containers;
    expect(container.startupProbe.failureThreshold).toBe(threshold);
    expect(threshold).toBeLessThan(2 ** 31);
  },
);

test.each(["certificateValidityPeriod", "caCertificateValidityPeriod"])(
  "%s of a kubeadm file is named by its path",
  (field) =>
    expectHelpful(
      messageOf(() =>
        ControlPlane.fromKubeadmConfig(stackOf(), "cluster", {
          config: `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.3\n${field}: 2562048h\n`,
        }),
      ),
      `ClusterConfiguration.${field}`,
      "2562047h",
    ),
);
