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

/** What a component needs, made by hand. */
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

/** The files on the node that a component brings, without the directory. */
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
  "%s alone brings its own files to the node, each where a whole control plane has it",
  (name, Component) => {
    const files = filesOf((stack) => {
      new Component(stack, name, context(stack));
    });
    expect(files.length).toBeGreaterThan(1);
    expect(whole).toEqual(expect.arrayContaining(files));
  },
);

test("the components together are a whole control plane, but for the files of the administrators", () => {
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

test("fails when a component lacks an authority that it needs, and names it", () => {
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

test("fails when it is to be written as HCL, instead of writing resources that do nothing", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new ControlPlane(stack, "cluster", cluster);
  expect(() => Testing.synthHcl(stack)).toThrow(/cannot be written as HCL/);
});

test("fails when a certificate would outlive the authority that signs it", () => {
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
    /valid for 8760h would outlive its authority, which is valid for 240h/,
  );
});

test.each(["etcd", "ca", "objects"])(
  "fails when a node is called %s, like a part of the control plane",
  (name) => {
    expect(() =>
      filesOf((stack) => {
        const nodes = [{ name, address: "10.0.0.11" }];
        new ControlPlane(stack, "whole", { ...cluster, nodes });
      }),
    ).toThrow(
      /is a part of the control plane's own\. Allowed is any other than/,
    );
  },
);
