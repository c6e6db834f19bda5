import { readFileSync } from "node:fs";
import { join } from "node:path";
import { noDrift } from "../../lib/request/drift";
import { inventoryFile } from "../../lib/store/bookkeeping";
import type { Preview } from "../../lib/agent/rollout/preview-shape";
import { COLOURS, PLAIN, type Style } from "../../lib/cli/output";
import { checkLines } from "../../lib/cli/report/check-table";
import type {
  InspectedCertificate,
  InspectedStore,
} from "../../lib/cli/report/inspected";
import { inspectionText } from "../../lib/cli/report/inspect-table";
import { planLines } from "../../lib/cli/report/plan-lines";
import { previewLines } from "../../lib/cli/report/preview-lines";
import { summaryLines } from "../../lib/cli/report/summary";
import { authority, certificate, kubeconfig } from "../agent/support/artefacts";
import { nodeRequest } from "../agent/support/rollout";
import { Workplace } from "../agent/support/workplace";

const NOW = new Date("2026-06-01T12:00:00Z");

const CERTIFICATE: InspectedCertificate = {
  purpose: "serving certificate of kube-apiserver on cp-1",
  state: "fine",
  subject: "CN=kube-apiserver",
  issuer: "kubernetes",
  names: [
    "cp-1",
    "kubernetes.default.svc.cluster.local",
    "a-rather-long-name-of-a-load-balancer-that-nobody-can-remember.example.org",
    "10.96.0.1",
  ],
  usages: ["serverAuth"],
  key: "ECDSA-P256",
  authority: false,
  notBefore: "2026-06-01T12:00:00Z",
  notAfter: "2027-06-01T12:00:00Z",
  renewal: "2027-01-30T12:00:00Z",
  renewedBy: "apply",
  files: ["nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt"],
  serialNumber: "1",
  fingerprint256: "1",
};

const STORE: InspectedStore = {
  store: "clusters/prod",
  stack: "prod",
  clusterName: "prod",
  certificates: [
    {
      ...CERTIFICATE,
      purpose: "kubeconfig of jane",
      state: "expired",
      reason: "it expired at 2026-05-29T12:00:00Z",
      subject: "CN=jane",
      names: [],
      notAfter: "2026-05-29T12:00:00Z",
      renewal: "2026-05-01T12:00:00Z",
      files: ["kubeconfigs/jane.conf"],
    },
    {
      ...CERTIFICATE,
      purpose: "client certificate of kube-apiserver for etcd on cp-1",
      state: "due",
      reason: "the next apply renews it",
      subject: "CN=kube-apiserver-etcd-client",
      issuer: "etcd-ca",
      names: [],
      notAfter: "2026-06-01T12:50:00Z",
      renewal: "2026-06-01T11:00:00Z",
      files: ["nodes/cp-1/root/etc/kubernetes/pki/apiserver-etcd-client.crt"],
    },
    CERTIFICATE,
    {
      ...CERTIFICATE,
      purpose: "kubeconfig of kubelet on cp-1",
      subject: "O=system:nodes, CN=system:node:cp-1",
      names: [],
      renewedBy: "kubelet",
      renewal: undefined,
    },
    {
      ...CERTIFICATE,
      purpose: "certificate authority of Kubernetes",
      state: "broken",
      reason: "its key does not belong to it",
      subject: "CN=kubernetes",
      names: ["kubernetes"],
      authority: true,
      notAfter: "2036-05-29T12:00:00Z",
      renewal: undefined,
      renewedBy: "hand",
      files: ["pki/ca.crt", "nodes/cp-1/root/etc/kubernetes/pki/ca.crt"],
    },
  ],
  tokens: [
    {
      purpose: "token of kube-system/deployer",
      state: "fine",
      subject: "system:serviceaccount:kube-system:deployer",
      notBefore: "2026-06-01T12:00:00Z",
      notAfter: "2026-06-02T12:00:00Z",
      renewal: "2026-06-02T04:00:00Z",
      files: ["tokens/deployer"],
    },
    {
      purpose: "token of kube-system/forever",
      state: "fine",
      subject: "system:serviceaccount:kube-system:forever",
      notBefore: "2026-06-01T12:00:00Z",
      files: ["tokens/forever"],
    },
  ],
  problems: [{ file: "pki/sa.key", reason: "it is missing" }],
  waiting: [
    {
      purpose: "certificate web",
      request: "pending/web.csr",
      certificate: "pending/web.crt",
    },
  ],
  unanchored:
    "no app synthesized in this folder has this store. Deploy the app, and run inspect in its folder",
};

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

const NO_CHANGES = {
  files: [],
  removed: [],
  binaries: [],
  starts: [],
  restarts: [],
  reloads: [],
};

const PREVIEW: Preview = {
  title: "prod",
  unseen: [{ node: "cp-3", reason: "no address yet", isNew: true }],
  steps: [
    {
      kind: "prepare",
      nodes: ["cp-1", "cp-2"],
      title: "check the hosts and pull 7 images on cp-1, cp-2",
      lastSeconds: 31.4,
    },
    {
      kind: "change",
      nodes: ["cp-1"],
      title: "cp-1: deliver what differs",
      waitsFor: "kube-apiserver, kube-controller-manager and kube-scheduler",
      lastSeconds: 44,
      changes: {
        "cp-1": {
          ...NO_CHANGES,
          files: ["/etc/kubernetes/manifests/kube-apiserver.yaml"],
          removed: ["/etc/kubernetes/old"],
          restarts: ["kube-apiserver", "kube-scheduler"],
        },
      },
    },
  ],
  warnings: ["cp-2: its clock is 40 s behind the clock of this machine"],
  refusal: "cp-2 is not healthy, and etcd would lose its quorum.",
};

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
];

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
    if (name !== "inspect") expect(words(inFile)).toBe(words(narrow));
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
