import {
  CertificateAuthority,
  ControlPlane,
  NodeAccess,
  Store,
  type WorkerPoolProps,
} from "../../lib";
import {
  clusterProps,
  host,
  newControlPlane,
  newStack,
  token,
} from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

describe("a pool of workers", () => {
  const worker = (props: object = {}) => ({
    name: "w-1",
    address: "10.0.0.21",
    access: NodeAccess.ssh({ host: "10.0.0.21" }),
    ...props,
  });
  const add = (
    props: Partial<WorkerPoolProps>,
    name = "linux",
    cluster = newControlPlane({ nodes: [host(1)] }),
  ) => cluster.addWorkers(name, { nodes: [worker()], ...props });

  test.each<[string, Partial<WorkerPoolProps>, ...string[]]>([
    [
      "the name of a control-plane node",
      { nodes: [worker({ name: "cp-1" })] },
      "cp-1",
    ],
    [
      "two workers with the same name",
      { nodes: [worker(), worker()] },
      '"w-1"',
    ],
    [
      "the address of a control-plane node",
      { nodes: [worker({ address: "10.0.0.11" })] },
      '"10.0.0.11"',
    ],
    [
      "the host of a control-plane node",
      { nodes: [worker({ access: NodeAccess.ssh({ host: "10.0.0.11" }) })] },
      '"10.0.0.11:22"',
    ],
    ["upper case in a name", { nodes: [worker({ name: "W" })] }, '"W"'],
    [
      "a worker with the name of a part of the pool",
      { nodes: [worker({ name: "rollout" })] },
      "its pool",
    ],
    ["a name as an address", { nodes: [worker({ address: "w-1" })] }, '"w-1"'],
    [
      "an address in podSubnet",
      { nodes: [worker({ address: "10.244.0.1" })] },
      "10.244.0.0/16",
    ],
    ["an invalid machine id", { nodes: [worker({ machineId: "x" })] }, '"x"'],
    ["an invalid label", { labels: { "a b": "c" } }, "a b=c"],
    [
      "an invalid taint",
      { taints: [{ key: "a", effect: "Never" as "NoSchedule" }] },
      'effect is the string "Never"',
    ],
    [
      "a removed flag",
      { kubelet: { extraArgs: { "pod-infra-container-image": "x" } } },
      "worker pool linux",
      "--pod-infra-container-image",
    ],
    [
      "a flag with dashes for one worker",
      { nodes: [worker({ kubeletExtraArgs: { "--v": "4" } })] },
      '"--v"',
      "node w-1",
    ],
    [
      "a file at a relative path",
      { nodes: [worker({ files: [{ path: "etc/a", text: "" }] })] },
      '"etc/a"',
    ],
    [
      "one worker on a host and one in a directory",
      {
        nodes: [worker(), { name: "w-2", address: "10.0.0.22" }],
      },
      "The worker pool linux",
    ],
    ["maxUnavailable 0", { maxUnavailable: 0 }, "worker pool linux"],
    [
      "a kubelet without a health port",
      { kubelet: { config: { healthzPort: 0 } } },
      "w-1",
    ],
    [
      "a missing image archive",
      { images: { archives: ["nothing.tar"] } },
      '"nothing.tar"',
    ],
    [
      "a retired worker in a directory",
      {
        nodes: [worker({ retire: true, access: undefined })],
      },
      "w-1",
    ],
  ])("fails when it has %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => add(props)),
      ...parts,
    );
  });

  test.each(["", "A", "a/b", token])("fails when its name is %j", (name) => {
    expectHelpful(
      messageOf(() => add({}, name)),
      "the name of a pool",
    );
  });

  test("fails when another pool has the same name", () => {
    const cluster = newControlPlane({ nodes: [host(1)] });
    add({}, "linux", cluster);
    expectHelpful(
      messageOf(() => add({ nodes: [] }, "linux", cluster)),
      '"linux"',
    );
  });

  test("fails when another pool has a worker of the same name", () => {
    const cluster = newControlPlane({ nodes: [host(1)] });
    add({}, "linux", cluster);
    expectHelpful(
      messageOf(() => add({}, "other", cluster)),
      '"w-1"',
    );
  });

  test("fails when its workers are on hosts but the control plane is in directories", () => {
    expectHelpful(
      messageOf(() => add({}, "linux", newControlPlane())),
      "linux",
      "NodeAccess.ssh(…)",
    );
  });

  test("fails when the cluster has no key to sign the kubelets' certificates", () => {
    const stack = newStack();
    const store = new Store(stack, "store", { directory: "clusters/test" });
    const certificateAuthority = CertificateAuthority.external(stack, "ca", {
      store,
      certificate: __filename,
    });
    const props = clusterProps({
      store,
      certificateAuthority,
      nodes: [host(1)],
    });
    expectHelpful(
      messageOf(() =>
        add({}, "linux", new ControlPlane(stack, "cluster", props)),
      ),
      "linux",
      "NodeAccess.directory()",
    );
  });

  test("fails when nodeOf is called with an unknown name", () => {
    expectHelpful(
      messageOf(() => add({}).nodeOf("w-9")),
      '"w-9"',
      "w-1",
    );
  });
});
