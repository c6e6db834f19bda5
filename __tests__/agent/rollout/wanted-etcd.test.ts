import {
  ETCD_MANIFEST,
  ETCD_UNIT,
  type Joining,
  type Present,
} from "../../../lib/agent/rollout/present";
import { wantedFiles } from "../../../lib/agent/rollout/wanted";
import { file, NOTHING, pod, podOf } from "./support/wanted";

describe("etcd on a host", () => {
  const initial = ["--initial-cluster=cp-1=https://10.0.0.1:2380"];
  const grown = `${initial[0]},cp-2=https://10.0.0.2:2380`;
  const tree = [
    file(ETCD_MANIFEST, pod("etcd", "--name=cp-1", grown, "--b=1")),
  ];

  test("starts with the members that the tree names", () => {
    expect(commandOf(NOTHING)).toEqual(["etcd", "--name=cp-1", grown, "--b=1"]);
  });

  test("keeps the flags of its first start once it has data, so that new members do not restart it", () => {
    expect(commandOf(begun(pod("etcd", "--name=cp-1", ...initial)))).toEqual([
      "etcd",
      "--name=cp-1",
      ...initial,
      "--b=1",
    ]);
  });

  test("takes the flags of the tree if somebody broke the manifest", () => {
    expect(commandOf(begun("spec: ["))).toContain(grown);
  });

  test("joins the members that are there", () => {
    expect(commandOf(NOTHING, { initialCluster: "a=x,cp-1=y" })).toEqual([
      "etcd",
      "--name=cp-1",
      "--initial-cluster=a=x,cp-1=y",
      "--initial-cluster-state=existing",
      "--b=1",
    ]);
  });

  const begun = (manifest: string): Present => ({
    ...NOTHING,
    hasEtcdData: true,
    startFiles: new Map([[ETCD_MANIFEST, Buffer.from(manifest)]]),
  });

  function commandOf(present: Present, joining?: Joining): readonly string[] {
    const [manifest] = wantedFiles(tree, present, joining);
    return podOf(manifest).spec.containers[0].command;
  }
});

describe("etcd as a unit", () => {
  const unit = (...flags: readonly string[]) =>
    `[Service]\nExecStart=/bin/etcd \\\n  --a=1 \\\n  ${flags.join(" \\\n  ")} \\\n  --name=cp-1\nRestart=always\n`;
  const initial = "--initial-cluster=cp-1=https://10.0.0.1:2380";
  const grown = `"--initial-cluster=cp-1=https://10.0.0.1:2380,cp-2=https://[fd00::2]:2380"`;
  const tree = [file(ETCD_UNIT, unit(grown))];

  test("starts with the members that the tree names", () => {
    expect(textOf(NOTHING)).toBe(unit(grown));
  });

  test("keeps the flags of its first start once it has data", () => {
    const existing = "--initial-cluster-state=existing";
    expect(textOf(begun(unit(initial, existing)))).toBe(
      unit(initial, existing),
    );
    expect(textOf(begun(unit(initial)))).toBe(unit(initial));
  });

  test("takes the flags of the tree if somebody broke the unit", () => {
    expect(textOf(begun("ExecStart"))).toBe(unit(grown));
  });

  test("joins the members that are there", () => {
    expect(textOf(NOTHING, { initialCluster: "a=https://[fd00::1]:1" })).toBe(
      unit(
        '"--initial-cluster=a=https://[fd00::1]:1"',
        "--initial-cluster-state=existing",
      ),
    );
  });

  const begun = (text: string): Present => ({
    ...NOTHING,
    hasEtcdData: true,
    startFiles: new Map([[ETCD_UNIT, Buffer.from(text)]]),
  });

  const textOf = (present: Present, joining?: Joining): string =>
    wantedFiles(tree, present, joining)[0].content.toString();
});
