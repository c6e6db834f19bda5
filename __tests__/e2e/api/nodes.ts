import type { ApiObject } from "../../../lib/agent/cluster/api-object";
import { drain } from "../../../lib/agent/cluster/drain";
import {
  deleteNode,
  isReady,
  markNode,
  type Node,
  waitForNode,
} from "../../../lib/agent/cluster/nodes";
import { say, until } from "../say";
import { step } from "../steps";
import type { ApiLab } from "./lab";

/** The steps with a node of which no kubelet runs. */
export function nodeSteps(lab: ApiLab): void {
  const named = (name: string) => ({ apiVersion: "v1", kind: "Node", name });
  const taintsOf = async () => {
    const { spec } = (await lab.api.get<Node>(named("worker")))!;
    return (spec?.taints ?? [])
      .map(({ key, value, effect }) => `${key}=${value ?? ""}:${effect}`)
      .filter((taint) => !taint.startsWith("node.kubernetes.io/"))
      .sort();
  };
  const NoSchedule = "NoSchedule";

  step("waits for a node", async () => {
    await expect(waitForNode(lab.api, "worker", 500)).rejects.toThrow(
      "worker is not among the cluster's nodes after 0.5 s.",
    );
    const found = waitForNode(lab.api, "worker");
    const { apiVersion, kind, name } = named("worker");
    const status = { allocatable: { pods: "10" }, capacity: { pods: "10" } };
    await lab.api.create({ apiVersion, kind, metadata: { name }, status });
    expect(isReady(await found)).toBe(false);
  });

  step("sets its labels and taints, and keeps others' taints", async () => {
    await lab.cluster.kubectl("taint", "node", "worker", "theirs=1:NoExecute");
    const marks = {
      name: "worker",
      labels: { pool: "a", zone: "z" },
      taints: [
        { key: "ours", value: "1", effect: NoSchedule },
        { key: "dedicated", effect: "NoExecute" },
      ],
    };
    expect(await markNode(lab.api, marks)).toBe(true);
    // Kubernetes' own controllers may have changed the node in between.
    await until("as it is", 30, async () => !(await markNode(lab.api, marks)));
    expect(await taintsOf()).toEqual([
      "dedicated=:NoExecute",
      "ours=1:NoSchedule",
      "theirs=1:NoExecute",
    ]);
    await markNode(lab.api, {
      ...marks,
      labels: { pool: "b" },
      taints: [{ key: "ours", value: "2", effect: NoSchedule }],
    });
    expect(await taintsOf()).toEqual([
      "ours=2:NoSchedule",
      "theirs=1:NoExecute",
    ]);
    const { labels } = (await lab.api.get(named("worker")))!.metadata;
    expect(labels).toMatchObject({ pool: "b" });
    expect(labels).not.toHaveProperty("zone");
    await markNode(lab.api, { name: "worker", labels: {}, taints: [] });
    expect(await taintsOf()).toEqual(["theirs=1:NoExecute"]);
    await lab.cluster.kubectl("taint", "node", "worker", "theirs-");
  });

  step("merges with changes that others make at the same time", async () => {
    const one = (key: string) =>
      markNode(lab.api, {
        name: "worker",
        labels: {},
        taints: [{ key, effect: NoSchedule }],
      });
    // A patch as Kubernetes' own controllers send it; kubectl would overwrite changes made in between.
    const theirs = async () => {
      for (let count = 1; count <= 20;) {
        const { metadata, spec } = (await lab.api.get<Node>(named("worker")))!;
        const { resourceVersion } = metadata;
        const taint = { key: `t${count}`, effect: "NoExecute" };
        const taints = [...(spec?.taints ?? []), taint];
        const patch = { metadata: { resourceVersion }, spec: { taints } };
        const isWritten = await lab.api
          .mergePatch(named("worker"), patch)
          .then(() => true)
          .catch(() => false);
        if (isWritten) count++;
      }
    };
    const busy = async () => {
      for (let count = 1; count <= 20; count++) await one(`o${count}`);
    };
    await Promise.all([theirs(), busy()]);
    const all = Array.from({ length: 20 }, (_, i) => `t${i + 1}=:NoExecute`);
    expect(await taintsOf()).toEqual(["o20=:NoSchedule", ...all].sort());
    await lab.api.mergePatch(named("worker"), { spec: { taints: [] } });
  });

  step("drains it, as disruption budgets allow", async () => {
    await until("a service account", 60, async () => {
      const account = { apiVersion: "v1", kind: "ServiceAccount" };
      return !!(await lab.api.get({ ...account, name: "default" }));
    });
    await pod("ordinary", {});
    await pod("ended", {}, "Succeeded");
    await lab.api.create(everywhere);
    await until("everywhere", 60, async () =>
      (await names()).includes("everywhere"),
    );
    const guarded = { labels: { app: "guarded" } };
    await pod("guarded-1", guarded);
    await lab.api.create({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "guarded" },
      spec: { minAvailable: 1, selector: { matchLabels: guarded.labels } },
    } as ApiObject);

    const lines: string[] = [];
    const drained = drain(lab.api, "worker", {
      timeout: 120,
      say: (line) => lines.push(line),
    });
    await until("refused", 60, async () =>
      lines.some((line) =>
        /guarded-1 cannot be evicted yet: .*budget/.test(line),
      ),
    );
    expect(await names()).toContain("guarded-1");
    await pod("guarded-2", guarded, "Running", "elsewhere");
    expect(await drained).toEqual([]);
    expect(await names()).toEqual(["ended", "everywhere"]);
    expect((await lab.api.get<Node>(named("worker")))!.spec).toMatchObject({
      unschedulable: true,
    });
    expect(lines).toEqual([
      "worker: moving its pods elsewhere",
      expect.stringContaining("default/guarded-1 cannot be evicted yet"),
      "worker: drained",
    ]);
  });

  step("leaves pods that cannot be evicted in time", async () => {
    await pod("slow", {}, "Running", "worker", 30);
    const lines: string[] = [];
    const left = await drain(lab.api, "worker", {
      timeout: 2,
      say: (line) => lines.push(line),
    });
    expect(left).toEqual(["default/slow"]);
    expect(lines.at(-1)).toBe(
      "worker: after 2 s these pods are still there: default/slow",
    );
    await deleteNode(lab.api, "worker");
    await deleteNode(lab.api, "worker");
    expect(await lab.api.get(named("worker"))).toBeUndefined();
    expect(await drain(lab.api, "worker", { timeout: 1, say })).toEqual([]);
    // Only the mirror pods of static pods are left on it.
    expect(await drain(lab.api, "cp-1", { timeout: 1, say })).toEqual([]);
  });

  /** The names of the pods on the node, without the suffixes that Kubernetes adds. */
  const names = async () => {
    const pods = await lab.api.list(
      { apiVersion: "v1", kind: "Pod" },
      { namespace: "default", fieldSelector: "spec.nodeName=worker" },
    );
    return pods
      .map(({ metadata }) =>
        metadata.name.replace(/^everywhere-.*/, "everywhere"),
      )
      .sort();
  };

  const containers = [{ name: "main", image: "example.org/none" }];
  const tolerations = [{ operator: "Exists" }];
  const everywhere: ApiObject = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "everywhere" },
    spec: {
      selector: { matchLabels: { app: "everywhere" } },
      template: {
        metadata: { labels: { app: "everywhere" } },
        spec: { containers, tolerations },
      },
    },
  };

  /** Reports the node's status, as a kubelet would. */
  async function pod(
    name: string,
    metadata: object,
    phase = "Running",
    nodeName = "worker",
    terminationGracePeriodSeconds = 0,
  ): Promise<void> {
    await lab.api.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default", ...metadata },
      spec: {
        nodeName,
        terminationGracePeriodSeconds,
        containers,
        tolerations,
      },
    } as ApiObject);
    const conditions = [{ type: "Ready", status: "True" }];
    await lab.cluster.kubectl(
      "patch",
      "pod",
      name,
      "--subresource=status",
      "--patch",
      JSON.stringify({ status: { phase, conditions } }),
    );
  }
}
