import { oldKubelets } from "../../../lib/agent/rollout/old-kubelets";

const node = (name: string, kubelet: string) => ({ name, kubelet });

test("kubelets of an older minor are named, with the commands", () => {
  expect(
    oldKubelets(
      [node("cp-1", "v1.36.0"), node("w-1", "v1.35.4"), node("w-2", "v1.34.4")],
      "v1.36.3",
    ),
  ).toEqual([
    "kubelets: still of an older minor, because their machines bring them: w-1 v1.35.4, w-2 v1.34.4",
    "kubelets: one node after another: kubectl drain NODE --ignore-daemonsets; on NODE: apt-get install -y 'kubelet=1.36.*' && systemctl restart kubelet; kubectl uncordon NODE",
  ]);
});

test("nothing is said of kubelets of the same minor", () => {
  expect(oldKubelets([node("cp-1", "v1.36.0")], "v1.36.3")).toEqual([]);
});

test("of many kubelets, a few are named", () => {
  const nodes = Array.from({ length: 100 }, (_, at) =>
    node(`w-${at}`, "v1.35.4"),
  );
  expect(oldKubelets(nodes, "v1.36.3")[0]).toMatch(
    /w-7 v1\.35\.4 and 92 more$/,
  );
});
