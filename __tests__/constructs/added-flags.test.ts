import type { ControlPlaneProps } from "../../lib/constructs/site/control-plane-props";
import { Etcd } from "../../lib/constructs/site/etcd";
import { LocalControlPlane } from "../../lib/constructs/cluster/local-control-plane";
import { Runtime } from "../../lib/constructs/site/runtime";
import { cluster, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";
import { warningsOf } from "../support/warnings";

type Props = Partial<ControlPlaneProps>;

/** The values of a flag in the command of a component on the first node. */
function values(props: Props, component: string, flag: string): string[] {
  const path = `nodes/cp-1/root/etc/kubernetes/manifests/${component}.yaml`;
  const pod = yamlOf(artefactsOf(cluster(props)).get(path)!);
  const command = pod.spec.containers[0].command as string[];
  return command
    .filter((argument) => argument.startsWith(`--${flag}=`))
    .map((argument) => argument.slice(`--${flag}=`.length));
}

describe("a value in addArgs", () => {
  const api = (
    addArgs: NonNullable<ControlPlaneProps["apiServer"]>["addArgs"],
    extraArgs?: NonNullable<ControlPlaneProps["apiServer"]>["extraArgs"],
  ): Props => ({ apiServer: { addArgs, extraArgs } });
  const KEY = "/etc/kubernetes/pki/old-sa.pub";

  test.each<[string, Props, string, string, string[]]>([
    [
      "is added to the default",
      api({ "enable-admission-plugins": "AlwaysPullImages" }),
      "kube-apiserver",
      "enable-admission-plugins",
      ["NodeRestriction,AlwaysPullImages"],
    ],
    [
      "may contain several items",
      api({ "enable-admission-plugins": "AlwaysPullImages, EventRateLimit" }),
      "kube-apiserver",
      "enable-admission-plugins",
      ["NodeRestriction,AlwaysPullImages,EventRateLimit"],
    ],
    [
      "may be a list",
      api({
        "enable-admission-plugins": ["AlwaysPullImages", "EventRateLimit"],
      }),
      "kube-apiserver",
      "enable-admission-plugins",
      ["NodeRestriction,AlwaysPullImages,EventRateLimit"],
    ],
    [
      "is not repeated",
      api({ "enable-admission-plugins": "NodeRestriction" }),
      "kube-apiserver",
      "enable-admission-plugins",
      ["NodeRestriction"],
    ],
    [
      "is possible without a default",
      api({ "disable-admission-plugins": "DefaultStorageClass" }),
      "kube-apiserver",
      "disable-admission-plugins",
      ["DefaultStorageClass"],
    ],
    [
      "comes after the default",
      api({ "authorization-mode": "Webhook" }),
      "kube-apiserver",
      "authorization-mode",
      ["Node,RBAC,Webhook"],
    ],
    [
      "is added to the value in extraArgs",
      api(
        { "enable-admission-plugins": "AlwaysPullImages" },
        { "enable-admission-plugins": "EventRateLimit" },
      ),
      "kube-apiserver",
      "enable-admission-plugins",
      ["EventRateLimit,AlwaysPullImages"],
    ],
    [
      "repeats a flag that takes one value",
      api({ "service-account-issuer": "https://old.example" }),
      "kube-apiserver",
      "service-account-issuer",
      ["https://kubernetes.default.svc.cluster.local", "https://old.example"],
    ],
    [
      "repeats a flag that names files",
      api({ "service-account-key-file": KEY }),
      "kube-apiserver",
      "service-account-key-file",
      ["/etc/kubernetes/pki/sa.pub", KEY],
    ],
    [
      "may switch a controller off",
      { controllerManager: { addArgs: { controllers: "-ttl" } } },
      "kube-controller-manager",
      "controllers",
      ["*,bootstrapsigner,tokencleaner,-ttl"],
    ],
    [
      "is possible for etcd",
      {
        etcd: Etcd.stacked({
          addArgs: { "feature-gates": "StopGRPCServiceOnDefrag=true" },
        }),
      },
      "etcd",
      "feature-gates",
      ["InitialCorruptCheck=true,StopGRPCServiceOnDefrag=true"],
    ],
  ])("%s", (_, props, component, flag, wanted) => {
    expect(values(props, component, flag)).toEqual(wanted);
  });

  test("is in the cluster's kubeadm-config, for kubeadm upgrade", () => {
    const artefacts = artefactsOf(
      cluster(api({ "enable-admission-plugins": "AlwaysPullImages" })),
    );
    const texts = [...artefacts.values()].map(({ spec }) => spec);
    expect(
      texts.filter((text) => text.includes("kind: ClusterConfiguration")),
    ).toEqual([
      expect.stringMatching(
        /name: enable-admission-plugins\n\s+value: NodeRestriction,AlwaysPullImages\n/,
      ),
    ]);
  });

  test("changes nothing if addArgs is empty", () => {
    expect(artefactsOf(cluster(api({})))).toEqual(artefactsOf(cluster()));
  });

  test("works with units and with local processes", () => {
    const addArgs = { "enable-admission-plugins": "AlwaysPullImages" };
    const local: Program = (stack) => {
      new LocalControlPlane(stack, "local", {
        kubernetesVersion: "1.36.3",
        apiServer: { addArgs },
      });
    };
    const units = cluster({
      runtime: Runtime.systemd(),
      apiServer: { addArgs },
    });
    for (const program of [local, units]) {
      const texts = [...artefactsOf(program).values()].map(({ spec }) => spec);
      expect(texts.join("\n")).toContain("NodeRestriction,AlwaysPullImages");
    }
  });

  test("causes a warning only if it weakens the cluster", () => {
    const named = (plugin: string) =>
      warningsOf(cluster(api({ "enable-admission-plugins": plugin })));
    expect(named("AlwaysPullImages")).toEqual([]);
    expect(named("AlwaysAdmit")).toEqual([
      expect.stringContaining("NodeRestriction,AlwaysAdmit weakens"),
    ]);
  });
});

test.each<[string, Props, string]>([
  [
    "a flag that is not a list",
    { apiServer: { addArgs: { profiling: "false" } } },
    "apiServer.addArgs has --profiling",
  ],
  [
    "a flag of another component",
    { controllerManager: { addArgs: { "authorization-mode": "Webhook" } } },
    "controllerManager.addArgs has --authorization-mode",
  ],
  [
    "a flag of a component without list flags",
    { scheduler: { addArgs: { v: "4" } } },
    "kube-scheduler has no flags of this kind",
  ],
  [
    "a flag with dashes",
    { apiServer: { addArgs: { "--enable-admission-plugins": "A" } } },
    "--enable-admission-plugins",
  ],
  [
    "a value that is not a string",
    { apiServer: { addArgs: { "authorization-mode": 5 as never } } },
    "authorization-mode",
  ],
])("fails when addArgs has %s", (_, props, part) => {
  expectHelpful(
    messageOf(() => warningsOf(cluster({ nodes: [node(1)], ...props }))),
    part,
  );
});
