import { TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  type ClusterProps,
  ControlPlane,
  Duration,
  EtcdCluster,
  KeyPair,
  KubeApiserver,
  KubeControllerManager,
  Kubelet,
  KubeScheduler,
  type NodeComponentProps,
  Store,
} from "../../lib";
import { artefactsOf } from "../support/synthesized";

const cluster: ClusterProps = {
  kubernetesVersion: "1.36.3",
  nodes: [{ name: "cp-1", address: "10.0.0.11" }],
};

/** The props of a component that is used without a ControlPlane. */
function context(stack: TerraformStack): NodeComponentProps {
  const store = new Store(stack, "store", { directory: "clusters/alone" });
  const authority = (id: string) =>
    new CertificateAuthority(stack, id, { store, commonName: id });
  return {
    store,
    cluster,
    node: "cp-1",
    authorities: {
      ca: authority("ca"),
      "etcd-ca": authority("etcd-ca"),
      "front-proxy-ca": authority("front-proxy-ca"),
      serviceAccount: new KeyPair(stack, "sa", { store }),
    },
  };
}

/** The paths on the node of the files that a program adds to it. */
const filesOf = (make: (stack: TerraformStack) => void): string[] =>
  [...artefactsOf(make).values()]
    .flatMap(({ files }) => files)
    .flatMap((file) => /^nodes\/cp-1\/root(.*)$/.exec(file)?.[1] ?? [])
    .sort();

const whole = filesOf((stack) => {
  new ControlPlane(stack, "whole", cluster);
});

const COMPONENTS = {
  KubeApiserver,
  KubeControllerManager,
  KubeScheduler,
  Kubelet,
  EtcdCluster,
};

test.each(Object.entries(COMPONENTS))(
  "%s without a ControlPlane adds its files at the same paths as a ControlPlane",
  (name, Component) => {
    const files = filesOf((stack) => {
      new Component(stack, name, context(stack));
    });
    expect(files.length).toBeGreaterThan(1);
    expect(whole).toEqual(expect.arrayContaining(files));
  },
);

test("all components together have the files of a ControlPlane, except the kubeconfigs of administrators", () => {
  const files = filesOf((stack) => {
    const props = context(stack);
    for (const [name, Component] of Object.entries(COMPONENTS))
      new Component(stack, name, props);
  });
  expect(whole.filter((file) => !files.includes(file))).toEqual([
    "/etc/kubernetes/admin.conf",
    "/etc/kubernetes/super-admin.conf",
  ]);
});

test("fails with the name of the authority when a component lacks one that it needs", () => {
  expect(() =>
    filesOf((stack) => {
      const props = context(stack);
      const { ca } = props.authorities;
      new KubeApiserver(stack, "api", { ...props, authorities: { ca } });
    }),
  ).toThrow(/front-proxy-ca/);
});

test("fails when a component is for a node that the cluster does not have", () => {
  expect(() =>
    filesOf((stack) => {
      new Kubelet(stack, "kubelet", { ...context(stack), node: "cp-9" });
    }),
  ).toThrow(/"cp-9" is not a node of the cluster\. Its nodes: cp-1\./);
});

test("fails when it is synthesized to HCL, which would contain resources that do nothing", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new ControlPlane(stack, "cluster", cluster);
  expect(() => Testing.synthHcl(stack)).toThrow(/cannot be written as HCL/);
});

test("fails when a certificate would outlive its CA", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const store = new Store(stack, "store", { directory: "clusters/alone" });
  const certificateAuthority = new CertificateAuthority(stack, "ca", {
    store,
    commonName: "short",
    validity: Duration.days(10),
  });
  const certificate = (validity?: Duration) =>
    new Certificate(stack, `days-${validity?.toHours()}`, {
      certificateAuthority,
      commonName: "client",
      usages: ["clientAuth"],
      validity,
    });
  certificate(Duration.days(10));
  expect(() => certificate()).toThrow(
    /validity of Certificate "days-undefined" is 8760h, so .* would outlive its CA, which is valid for 240h/,
  );
});

test.each(["etcd", "ca", "objects"])(
  "fails when a node has the name %s, which a part of the control plane has",
  (name) => {
    expect(() =>
      filesOf((stack) => {
        const nodes = [{ name, address: "10.0.0.11" }];
        new ControlPlane(stack, "whole", { ...cluster, nodes });
      }),
    ).toThrow(
      /the control plane uses it for one of its own parts\. Allowed is any name except/,
    );
  },
);
