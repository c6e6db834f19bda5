import { TerraformStack, Testing } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  Etcd,
  type StackedEtcdProps,
} from "../../lib";
import { clusterProps } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";
import { warningsOf } from "../support/warnings";

const program =
  (etcd: StackedEtcdProps, props: Partial<ControlPlaneProps> = {}) =>
  (stack: TerraformStack) =>
    void new ControlPlane(
      stack,
      "cluster",
      clusterProps({ etcd: Etcd.stacked(etcd), ...props }),
    );

/** The flags of etcd that have to do with its checks and gates. */
function flagsOf(etcd: StackedEtcdProps, kubernetesVersion: string): string[] {
  const files = artefactsOf(program(etcd, { kubernetesVersion }));
  const manifest = files.get(
    "nodes/cp-1/root/etc/kubernetes/manifests/etcd.yaml",
  );
  const [container] = yamlOf(manifest!).spec.containers;
  return (container.command as string[]).filter((flag) =>
    /corrupt|gates|watch-progress|compact-hash/.test(flag),
  );
}

const CHECK = "experimental-initial-corrupt-check";
const WATCH = "experimental-watch-progress-notify-interval";

describe.each(["1.34.1", "1.35.4", "1.36.3"])("Kubernetes %s", (version) => {
  test("the given flag takes the place of the feature gate", () =>
    expect(flagsOf({ extraArgs: { [CHECK]: "true" } }, version)).toEqual([
      "--watch-progress-notify-interval=5s",
      `--${CHECK}=true`,
    ]));

  test("the given flag takes the place of the flag that replaced it", () =>
    expect(flagsOf({ extraArgs: { [WATCH]: "3s" } }, version)).toEqual([
      "--feature-gates=InitialCorruptCheck=true",
      `--${WATCH}=3s`,
    ]));

  test("a variable counts as the flag", () =>
    expect(
      flagsOf(
        {
          extraEnvs: [
            { name: "ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK", value: "true" },
          ],
        },
        version,
      ),
    ).toEqual(["--watch-progress-notify-interval=5s"]));

  test("gates that are added stay, without the one that the flag sets", () =>
    expect(
      flagsOf(
        {
          extraArgs: { [CHECK]: "true" },
          addArgs: { "feature-gates": "CompactHashCheck=true" },
        },
        version,
      ),
    ).toEqual([
      "--watch-progress-notify-interval=5s",
      `--${CHECK}=true`,
      "--feature-gates=CompactHashCheck=true",
    ]));
});

describe("etcd is refused what it would not start with", () => {
  test.each<[string, StackedEtcdProps, ...string[]]>([
    [
      "a flag and its gate",
      {
        extraArgs: {
          "experimental-compact-hash-check-enabled": "true",
          "feature-gates": "CompactHashCheck=true",
        },
      },
      "experimental-compact-hash-check-enabled",
      "--feature-gates",
    ],
    [
      "a flag and its gate among the added ones",
      {
        extraArgs: { [CHECK]: "true" },
        addArgs: { "feature-gates": "InitialCorruptCheck=true" },
      },
      `Remove --${CHECK}`,
    ],
    [
      "a flag and a gate that is added to others",
      {
        extraArgs: { [CHECK]: "true", "feature-gates": "LeaseCheckpoint=true" },
        addArgs: { "feature-gates": "InitialCorruptCheck=true" },
      },
      `Remove --${CHECK}`,
    ],
    [
      "a flag under both names",
      {
        extraArgs: {
          "experimental-compaction-batch-limit": "10",
          "compaction-batch-limit": "10",
        },
      },
      "Remove --experimental-compaction-batch-limit",
    ],
    [
      "a variable for a flag that is set by default",
      { extraEnvs: [{ name: "ETCD_SNAPSHOT_COUNT", value: "100" }] },
      "etcd.extraEnvs has ETCD_SNAPSHOT_COUNT",
      "--snapshot-count",
    ],
    [
      "a variable for a flag that is given",
      {
        extraArgs: { "max-wals": "3" },
        extraEnvs: [{ name: "ETCD_MAX_WALS", value: "4" }],
      },
      "ETCD_MAX_WALS",
    ],
  ])("%s", (_, etcd, ...parts) =>
    expectHelpful(
      messageOf(() => program(etcd)(new TerraformStack(Testing.app(), "s"))),
      ...parts,
    ),
  );
});

test("warns if the experimental flag switches the check off", () =>
  expect(warningsOf(program({ extraArgs: { [CHECK]: "false" } }))).toEqual([
    expect.stringContaining("members do not compare their data"),
  ]));
