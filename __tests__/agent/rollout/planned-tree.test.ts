import type { HostFile } from "../../../lib/agent/hosts/host";
import { Comparison } from "../../../lib/agent/rollout/comparison";
import { deliveryOf } from "../../../lib/agent/rollout/delivery";
import { plannedTree } from "../../../lib/agent/rollout/planned-tree";
import type { PlannedFile } from "../../../lib/request/request";
import { toYaml } from "../../../lib/render/yaml";

const MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const SCHEDULER = "/etc/kubernetes/manifests/kube-scheduler.yaml";
const CERTIFICATE = "/etc/kubernetes/pki/apiserver.crt";

const pod = (name: string, ...command: string[]) =>
  toYaml({ metadata: { name }, spec: { containers: [{ command }] } });
const file = (path: string, content: string): HostFile => ({
  path,
  content: Buffer.from(content),
  mode: 0o600,
  owner: "root:root",
});
const inTree = (path: string) => `nodes/cp-1/root${path}`;
const planned = (path: string, content?: string): PlannedFile => ({
  path: inTree(path),
  mode: "0600",
  ...(content !== undefined && { content }),
});

const PRESENT = [
  file(MANIFEST, pod("kube-apiserver", `--tls-cert-file=${CERTIFICATE}`)),
  file(SCHEDULER, pod("kube-scheduler")),
  file(CERTIFICATE, "one"),
];

/** The changes for a host that has the present tree. */
function broughtWith(...files: PlannedFile[]) {
  const request = {
    components: [
      { name: "kube-apiserver", manifest: MANIFEST, ports: [], timeout: 1 },
      { name: "kube-scheduler", manifest: SCHEDULER, ports: [], timeout: 1 },
    ],
  };
  const comparisonWith = (tree: readonly HostFile[]) =>
    new Comparison({
      request,
      tree,
      hadTree: false,
      keeps: [],
      extra: [],
      hasEtcdData: false,
      repair: "repair",
      now: 0,
      state: { files: new Map(), contents: new Map(), delivered: [] },
    });
  const before = comparisonWith(PRESENT);
  const { changed } = before.differences;
  const host = before.delivered(changed, [], before.listed);
  const comparison = host.with({ tree: plannedTree("cp-1", PRESENT, files) });
  const delivery = deliveryOf(request as never, comparison, [], {});
  return {
    files: delivery.changed.map(({ path }) => path).sort(),
    removed: delivery.removed,
    restarts: [...delivery.replaced],
  };
}

test("without planned files nothing changes", () => {
  expect(broughtWith()).toEqual({ files: [], removed: [], restarts: [] });
});

test("a planned file of another node changes nothing", () => {
  const other = { path: `nodes/cp-2/root${CERTIFICATE}`, mode: "0600" };
  expect(broughtWith(other)).toEqual({ files: [], removed: [], restarts: [] });
});

test("a certificate whose content is not known yet restarts the components that read it", () => {
  expect(broughtWith(planned(CERTIFICATE))).toEqual({
    files: [MANIFEST, CERTIFICATE].sort(),
    removed: [],
    restarts: ["kube-apiserver"],
  });
});

test("a manifest whose content is known is compared with that content", () => {
  const same = pod("kube-scheduler");
  const other = pod("kube-scheduler", "--v=4");
  expect(broughtWith(planned(SCHEDULER, same)).files).toEqual([]);
  expect(broughtWith(planned(SCHEDULER, other))).toEqual({
    files: [SCHEDULER],
    removed: [],
    restarts: ["kube-scheduler"],
  });
});

test("a manifest whose content is not known yet restarts its pod", () => {
  expect(broughtWith(planned(SCHEDULER)).restarts).toEqual(["kube-scheduler"]);
});

test("new files and removed files are both part of the changes", () => {
  const { files, removed } = broughtWith(planned("/etc/kubernetes/new"), {
    path: inTree(SCHEDULER),
  });
  expect(files).toEqual(["/etc/kubernetes/new"]);
  expect(removed).toEqual([SCHEDULER]);
});
