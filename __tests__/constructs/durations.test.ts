import { Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  Duration,
  InputError,
  NodeAccess,
  ServiceAccountToken,
  Store,
  type UserProps,
} from "../../lib";
import {
  clusterProps,
  newControlPlane,
  newStack,
  node,
} from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";

const LONG = Duration.hours(1e12);
const SHORT = Duration.minutes(0.0001);

const authority = (validity?: Duration) => {
  const stack = newStack();
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
  const controlPlane = newControlPlane({ nodes: [node(1, { access })] });
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
    (each) => newControlPlane({ certificateValidity: each }),
  ],
  [
    "caCertificateValidity",
    "caCertificateValidity is",
    "1h",
    (each) => newControlPlane({ caCertificateValidity: each }),
  ],
  [
    "startupTimeout",
    "startupTimeout is",
    "1s",
    (each) => newControlPlane({ startupTimeout: each }),
  ],
  [
    "validity",
    'validity of the kubeconfig "jane"',
    "1h",
    (each) => newControlPlane().addUser("jane", { validity: each }),
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
      newControlPlane().addWorkers("general", {
        nodes: [],
        drainTimeout: each,
      }),
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

describe("a user of a cluster that renews 30 days before the end", () => {
  const windowOf = (props: UserProps) => {
    const stack = newStack();
    new ControlPlane(stack, "test", {
      ...clusterProps(),
      renewBefore: Duration.days(30),
    }).addUser("jane", props);
    const { resource } = JSON.parse(Testing.synth(stack)) as {
      resource: Record<
        "terraform_data",
        Record<string, { triggers_replace?: Record<string, string> }>
      >;
    };
    return Object.values(resource.terraform_data)
      .map(({ triggers_replace }) => triggers_replace)
      .find((each) => each?.files?.startsWith("kubeconfigs/jane.conf "))
      ?.renew_before;
  };

  test.each([
    ["takes that over", { validity: Duration.days(31) }, "720h"],
    [
      "has the default if valid no longer",
      { validity: Duration.days(30) },
      undefined,
    ],
    [
      "may have a window of its own",
      { validity: Duration.days(30), renewBefore: Duration.days(5) },
      "120h",
    ],
  ])("%s", (_, props, window) => expect(windowOf(props)).toBe(window));

  test("fails when its own window is as long as its validity", () =>
    expectHelpful(
      messageOf(() =>
        windowOf({ validity: Duration.days(9), renewBefore: Duration.days(9) }),
      ),
      "renewBefore is 216h, and the kubeconfig of jane is valid for 216h",
    ));
});

test("a validity beyond that of the CA names the prop", () =>
  expectHelpful(
    messageOf(() =>
      newControlPlane({ certificateValidity: Duration.hours(87_601) }),
    ),
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
        ControlPlane.fromKubeadmConfig(newStack(), "cluster", {
          config: `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.3\n${field}: 2562048h\n`,
        }),
      ),
      `ClusterConfiguration.${field}`,
      "2562047h",
    ),
);

test.each([
  ["zero", () => Duration.days(0)],
  ["negative", () => Duration.hours(-1)],
  ["not a number", () => Duration.days(Number.NaN)],
  ["a text in days", () => Duration.parse("1d")],
  ["an empty text", () => Duration.parse("")],
])("fails when a duration is %s", (_, duration) => {
  expectHelpful(messageOf(duration), "is not a duration", "8760h");
});

describe("durations", () => {
  test.each([
    [Duration.minutes(5), 300],
    [Duration.minutes(0.5), 30],
    [Duration.parse("90s"), 90],
    [Duration.parse("1h1m1s"), 3661],
    [Duration.minutes(1 / 600), 1],
    [Duration.ZERO, 0],
  ])("%s are %d seconds", (duration, seconds) => {
    expect(duration.toSeconds()).toBe(seconds);
  });

  test.each([0, -1, NaN, Infinity])(
    "fail when they are %d minutes",
    (amount) => {
      expectHelpful(
        messageOf(() => Duration.minutes(amount)),
        `${amount} minutes`,
      );
    },
  );
});

test("what is renewed before it is made is refused", () => {
  const renewBefore = Duration.days(365);
  expectHelpful(
    messageOf(() => newControlPlane({ renewBefore })),
    "renewBefore is 8760h",
    "valid for 8760h",
  );
  const stack = newStack();
  const store = new Store(stack, "store", { directory: "clusters/x" });
  expectHelpful(
    messageOf(
      () =>
        new Certificate(stack, "it", {
          certificateAuthority: new CertificateAuthority(stack, "ca", {
            store,
            commonName: "ca",
          }),
          commonName: "x",
          usages: ["clientAuth"],
          validity: Duration.days(10),
          renewBefore: Duration.days(11),
        }),
    ),
    "renewBefore is 264h",
  );
});
