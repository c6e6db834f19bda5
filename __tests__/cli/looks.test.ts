import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COLOURS, PLAIN, type Style } from "../../lib/cli/output";
import { checkLines } from "../../lib/cli/report/check-table";
import { inspectionText } from "../../lib/cli/report/inspect-table";
import { planLines } from "../../lib/cli/report/plan-lines";
import { previewLines } from "../../lib/cli/report/preview-lines";
import { summaryLines } from "../../lib/cli/report/summary";
import { noDrift } from "../../lib/request/drift";
import { inventoryFile } from "../../lib/store/bookkeeping";
import { authority, certificate, kubeconfig } from "../agent/support/artefacts";
import { nodeRequest } from "../agent/support/rollout";
import { Workplace } from "../agent/support/workplace";
import { careLines, etcdLines } from "../../lib/cli/report/etcd-table";
import { DEFRAGMENTED, ETCD, FULL_ETCD } from "./support/etcd-looks";
import { NOW, PREVIEW, STORE, CERTIFICATE } from "./support/looks";

const inspected = (style: Style): string[] =>
  inspectionText([STORE], NOW, style).trimEnd().split("\n");

const checked = (style: Style): string[] =>
  checkLines(
    {
      store: "clusters/prod",
      stack: "prod",
      clusterName: "prod",
      nodes: [
        noDrift("cp-1"),
        {
          ...noDrift("cp-2"),
          changed: ["/etc/kubernetes/manifests/kube-scheduler.yaml"],
          unhealthy: ["kube-scheduler"],
        },
        {
          ...noDrift("cp-3"),
          etcd: [{ kind: "NOSPACE", member: "cp-3", quota: 2 * 1024 ** 3 }],
        },
        {
          ...noDrift("worker-10"),
          unreachable:
            "worker-10 (10.0.0.30) cannot be reached over SSH; waited 60 s.\nCheck that the machine runs, and that no firewall blocks the connection.",
        },
      ],
      neverSetUp: ["worker-11"],
      retired: ["cp-0"],
      problems: [
        {
          file: "pki/ca.key",
          reason: "its mode is 0644, so other users can read or change it",
        },
      ],
    },
    NOW,
    style,
  );

const planned = (style: Style): string[] =>
  planLines(
    [
      {
        action: "remove",
        path: "/etc/kubernetes/manifests/old.yaml",
        nodes: ["cp-1"],
        reasons: [],
        lines: [],
      },
      {
        action: "replace",
        path: "/etc/kubernetes/manifests/kube-apiserver.yaml",
        nodes: Array.from({ length: 12 }, (_, at) => `cp-${at + 1}`),
        reasons: [
          "made from nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt, which changes",
        ],
        lines: [
          { mark: " ", text: "    - --allow-privileged=true" },
          {
            mark: "-",
            text: "    - --etcd-servers=https://10.0.0.1:2379,https://10.0.0.2:2379,https://10.0.0.3:2379",
          },
          { mark: "+", text: "    - --etcd-servers=https://10.0.0.1:2379" },
          { mark: "@", text: "" },
          { mark: "+", text: "    - --profiling=false" },
        ],
      },
      {
        action: "make",
        path: "kubeconfigs/jane.conf",
        nodes: [],
        reasons: [],
        lines: [],
      },
    ],
    style,
  );

const previewed = (style: Style): string[] => previewLines(PREVIEW, style);

const place = new Workplace();
beforeAll(async () => {
  await place.batch(
    [
      authority(),
      certificate({ validity: "2160h" }),
      kubeconfig("https://10.0.0.1:6443", { renewBefore: "720h" }),
    ],
    { now: NOW },
  );
  const local = { kind: "local", sudo: false } as const;
  await place.store.write(
    [
      inventoryFile({
        stack: "demo",
        clusterName: "demo",
        kubernetesVersion: "v1.36.3",
        endpoint: "https://10.0.0.1:6443",
        adminKubeconfig: "kubeconfigs/admin.conf",
        nodes: {
          "cp-1": { ...nodeRequest("cp-1", "10.0.0.1"), access: local },
          "cp-2": { address: "10.0.0.2", access: { kind: "directory" } },
        },
      }),
    ],
    "test-1",
  );
});

/** The folder is in another place in each run, and the shown path is part of the lines, so it must have one length. */
function summarized(style: Style): string[] {
  const before = process.cwd();
  process.chdir(place.root);
  try {
    return summaryLines(place.store, style, NOW);
  } finally {
    process.chdir(before);
  }
}

const LOOKS: readonly [string, (style: Style) => string[]][] = [
  ["inspect", inspected],
  ["check", checked],
  ["plan", planned],
  ["preview", previewed],
  ["summary", summarized],
  ["etcd-status", (style) => etcdLines(ETCD, style)],
  ["etcd-alarm", (style) => etcdLines(FULL_ETCD, style)],
  [
    "etcd-defrag",
    (style) => careLines(DEFRAGMENTED, { task: "defrag" }, style),
  ],
];

/** Those that are tables if there is room, and else tell the same in sentences. */
const TABLES = ["inspect", "etcd-status", "etcd-alarm", "etcd-defrag"];

const WIDTHS = [72, 200];

describe.each(LOOKS)("what %s shows", (name, linesFor) => {
  test.each(WIDTHS)("fits %i columns", (width) => {
    const lines = linesFor({ ...PLAIN, width });
    const golden = join(__dirname, "looks", `${name}-${width}.txt`);
    expect(`${lines.join("\n")}\n`).toBe(readFileSync(golden, "utf8"));
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.filter((line) => line.endsWith(" "))).toEqual([]);
  });

  test.each(WIDTHS)("says the same without colours, in %i columns", (width) => {
    const coloured = linesFor({ ...COLOURS, width });
    // Each of our codes is an escape, a word that only we know, and the number of a colour.
    const codes = new RegExp(`${String.fromCharCode(27)}[0-9a-f]+m`, "g");

    expect(coloured.join("\n")).toMatch(codes);
    expect(coloured.map((line) => line.replace(codes, ""))).toEqual(
      linesFor({ ...PLAIN, width }),
    );
  });

  test("keeps all words of a narrow terminal in a file, where lines may be long", () => {
    const words = (lines: readonly string[]) =>
      lines.join("").replace(/[\s;,()]+/g, "");
    const narrow = linesFor({ ...PLAIN, width: 72 });
    const inFile = linesFor(PLAIN);

    expect(inFile.length).toBeLessThanOrEqual(narrow.length);
    if (!TABLES.includes(name)) expect(words(inFile)).toBe(words(narrow));
  });
});

test("a table in a file has one line for each certificate and token", () => {
  const lines = inspected(PLAIN);
  for (const { purpose } of [...STORE.certificates, ...STORE.tokens])
    expect(
      lines.filter(
        (line) => /\d{4}-|never/.test(line) && line.includes(purpose),
      ).length,
    ).toBeGreaterThan(0);
  expect(lines.find((line) => line.includes(CERTIFICATE.purpose))).toContain(
    CERTIFICATE.names.join(", "),
  );
});
