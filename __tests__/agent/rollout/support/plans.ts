import type { ClusterView } from "../../../../lib/agent/rollout/view";
import { API_FLAG, ETCD_FLAG, node, planOf } from "./cluster-view";

/** A situation and the planned steps, without those with which every rollout begins and ends. */
type Row = readonly [
  situation: string,
  view: ClusterView,
  steps: readonly string[],
];

const EVERY_ROLLOUT = /^(prepare|confirm|apply objects)/;

export const expectPlans = (rows: readonly Row[]) =>
  test.each(rows)("%s", (_, view, steps) =>
    expect(planOf(view).filter((each) => !EVERY_ROLLOUT.test(each))).toEqual(
      steps,
    ),
  );

export const THREE = ["cp-1", "cp-2", "cp-3"] as const;
export const three = (each: (name: string) => ReturnType<typeof node> = node) =>
  THREE.map((name) => each(name));
export const changed = (name: string) => node(name, { changes: API_FLAG });
export const etcdChanged = (name: string) => node(name, { changes: ETCD_FLAG });
