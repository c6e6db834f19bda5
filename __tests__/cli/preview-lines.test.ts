import { PLAIN } from "../../lib/cli/output";
import { previewLines } from "../../lib/cli/report/preview-lines";
import type { Preview } from "../../lib/agent/rollout/preview-shape";

const NOTHING = {
  files: [],
  removed: [],
  binaries: [],
  starts: [],
  restarts: [],
  reloads: [],
};

const linesOf = (preview: Partial<Preview>) =>
  previewLines(
    { title: "prod", steps: [], warnings: [], unseen: [], ...preview },
    PLAIN,
  );

test("shows the steps in order, with files, restarts and how long a step took last time", () => {
  expect(
    linesOf({
      steps: [
        {
          kind: "prepare",
          nodes: ["cp-1"],
          title: "cp-1: check the hosts",
          lastSeconds: 3.4,
        },
        {
          kind: "change",
          nodes: ["cp-1"],
          title: "cp-1: deliver what differs",
          waitsFor: "every component to be healthy",
          changes: {
            "cp-1": {
              ...NOTHING,
              files: ["/etc/a.yaml"],
              removed: ["/etc/b"],
              binaries: ["/usr/bin/etcd"],
              restarts: ["etcd", "kubelet"],
              reloads: ["haproxy"],
            },
          },
        },
      ],
    }),
  ).toEqual([
    "prod: 2 steps on the hosts",
    "  1. cp-1: check the hosts (3 s last time)",
    "  2. cp-1: deliver what differs; wait for every component to be healthy",
    "       /etc/a.yaml",
    "       /usr/bin/etcd",
    "       removes /etc/b",
    "       restarts etcd and kubelet",
    "       reloads haproxy",
  ]);
});

test("names the nodes of a change only if it is not the same on all nodes", () => {
  const changes = { ...NOTHING, restarts: ["kube-apiserver"] };
  const many = {
    ...changes,
    files: Array.from({ length: 30 }, (_, at) => `/${at}`),
  };
  expect(
    linesOf({
      steps: [
        {
          kind: "start",
          nodes: ["cp-1", "cp-2"],
          title: "start",
          changes: { "cp-1": changes, "cp-2": many },
        },
      ],
    }),
  ).toEqual([
    "prod: 1 step on the hosts",
    "  1. start",
    "       restarts kube-apiserver",
    "       cp-2: 30 files",
  ]);
});

test("names the hosts that were not examined, and why the rollout would stop", () => {
  expect(
    linesOf({
      unseen: [
        {
          node: "cp-2",
          reason: "cp-2 (10.0.0.2) is not reached: no route\nmore",
          isNew: false,
        },
        { node: "cp-3", reason: "no address yet", isNew: true },
      ],
      warnings: ["cp-1: warning: its clock is off"],
      refusal: "one\ntwo \u001b[31m",
    }),
  ).toEqual([
    "prod: 0 steps on the hosts",
    "  cp-2 (10.0.0.2) is not reached: no route",
    "  cp-3: no address yet; the preview assumes an empty machine",
    "  cp-1: warning: its clock is off",
    "  Then the rollout would stop:",
    "    one",
    expect.not.stringContaining("\u001b"),
  ]);
});
