import {
  fingerprintsOf,
  type Renewable,
  renewalLines,
  selectRenewals,
} from "../../lib/cli/plan/renewals";
import type { ArtefactKind } from "../../lib/request/artefact";
import { expectHelpful, messageOf } from "../support/errors";

const UNTIL = "2027-01-01T00:00:00Z";

/** An artefact as it is after a deploy. */
const made = (
  of: ArtefactKind,
  path: string,
  changes: Partial<Renewable> = {},
): Renewable => ({
  of,
  files: [path],
  stamp: { purpose: `purpose of ${path}`, notAfter: UNTIL },
  certificate: `fingerprint of ${path}`,
  ...changes,
});

const certificate = (path: string, changes: Partial<Renewable> = {}) =>
  made("certificate", `${path}.crt`, {
    files: [`${path}.crt`, `${path}.key`],
    ...changes,
  });

const etc = (node: string) => `nodes/${node}/root/etc/kubernetes`;

const onNode = (node: string): Renewable[] => [
  certificate(`${etc(node)}/pki/apiserver`, {
    stamp: {
      purpose: `serving certificate of kube-apiserver on ${node}`,
      notAfter: UNTIL,
    },
  }),
  certificate(`${etc(node)}/pki/etcd/server`),
  certificate(`${etc(node)}/pki/etcd/peer`),
  made("kubeconfig", `${etc(node)}/admin.conf`),
  made("kubeconfig", `${etc(node)}/kubelet.conf`),
  made("copy", `${etc(node)}/pki/ca.crt`),
  made("copy", `${etc(node)}/web.conf`),
];

const ALL: Renewable[] = [
  ...onNode("cp-1"),
  ...onNode("cp-2"),
  certificate("nodes/worker-1/root/var/lib/kubelet/pki/kubelet"),
  made("authority", "pki/ca.crt", { files: ["pki/ca.crt", "pki/ca.key"] }),
  made("imported-authority", "pki/front-proxy-ca.crt"),
  made("key-pair", "pki/sa.key"),
  made("secret", "pki/vrrp.conf"),
  made("kubeconfig", "kubeconfigs/admin.conf"),
  made("kubeconfig", "kubeconfigs/oidc.conf", { stamp: { purpose: "oidc" } }),
  made("merged-kubeconfig", "kubeconfigs/all.conf"),
  made("service-account-token", "tokens/robot"),
  made("file", `${etc("cp-1")}/pki/apiserver-etcd-client.crt`),
  certificate("certificates/web"),
  certificate("certificates/new", { stamp: undefined, certificate: undefined }),
];

const select = (words: string, nodes: readonly string[] = []) =>
  selectRenewals(ALL, {
    names: words.split(", ").filter(Boolean),
    nodes,
    stacks: ["prod"],
  });

const filesOf = (...given: Parameters<typeof select>) =>
  select(...given).map(({ files: [file] }) => file);

test.each<[words: string, nodes: string[], files: string[]]>([
  [
    "apiserver",
    [],
    [`${etc("cp-1")}/pki/apiserver.crt`, `${etc("cp-2")}/pki/apiserver.crt`],
  ],
  ["apiserver.key", ["cp-2"], [`${etc("cp-2")}/pki/apiserver.crt`]],
  [
    "etcd/server",
    ["cp-1", "cp-2"],
    [
      `${etc("cp-1")}/pki/etcd/server.crt`,
      `${etc("cp-2")}/pki/etcd/server.crt`,
    ],
  ],
  ["server, etcd/server", ["cp-1"], [`${etc("cp-1")}/pki/etcd/server.crt`]],
  [
    "admin.conf",
    [],
    [
      `${etc("cp-1")}/admin.conf`,
      `${etc("cp-2")}/admin.conf`,
      "kubeconfigs/admin.conf",
    ],
  ],
  ["kubeconfigs/admin.conf", [], ["kubeconfigs/admin.conf"]],
  [
    "/etc/kubernetes/admin.conf",
    [],
    [`${etc("cp-1")}/admin.conf`, `${etc("cp-2")}/admin.conf`],
  ],
  [`${etc("cp-1")}/admin.conf`, [], [`${etc("cp-1")}/admin.conf`]],
  [
    "serving certificate of kube-apiserver on cp-2",
    [],
    [`${etc("cp-2")}/pki/apiserver.crt`],
  ],
  [
    "serving certificate of kube-apiserver",
    ["cp-1"],
    [`${etc("cp-1")}/pki/apiserver.crt`],
  ],
  ["web", [], ["certificates/web.crt"]],
  ["kubelet", [], ["nodes/worker-1/root/var/lib/kubelet/pki/kubelet.crt"]],
  [
    "",
    ["cp-1"],
    [
      `${etc("cp-1")}/pki/apiserver.crt`,
      `${etc("cp-1")}/pki/etcd/server.crt`,
      `${etc("cp-1")}/pki/etcd/peer.crt`,
      `${etc("cp-1")}/admin.conf`,
      `${etc("cp-1")}/kubelet.conf`,
    ],
  ],
])("the name %j with the nodes %j stands for %j", (words, nodes, files) => {
  expect(filesOf(words, nodes)).toEqual(files);
});

test("without a name it is everything that was made and has a key of its own", () => {
  expect(filesOf("").length).toBe(13);
  expect(filesOf("")).not.toContain("certificates/new.crt");
});

test.each<[words: string, nodes: string[], reason: string]>([
  [
    "ca",
    [],
    "it is a certificate authority. For a new key, raise its generation",
  ],
  ["ca.key", [], "change caCertificateValidity"],
  // On a node, it is only a copy.
  [
    "ca",
    ["cp-1"],
    "it is a certificate authority. For a new key, raise its generation",
  ],
  ["front-proxy-ca", [], "it is a certificate authority that you provide"],
  ["sa.key", [], "it signs the tokens of service accounts"],
  ["vrrp.conf", [], "it is a secret that nodes share"],
  ["web.conf", [], "it is a copy of another file of the store"],
  ["apiserver-etcd-client", [], "it is a file of yours"],
  ["robot", [], "it is a token, which the API servers sign"],
  ["all.conf", [], "it is made from other kubeconfigs"],
  ["oidc.conf", [], "it has no certificate of its own"],
  ["apiserver, sa.key", [], '"sa.key" (pki/sa.key) gets no new key'],
])("fails when %j is named for %j", (words, nodes, reason) => {
  const message = messageOf(() => select(words, nodes));
  expectHelpful(message, reason, "Nothing was changed.");
});

test.each<[words: string, nodes: string[], parts: string[]]>([
  ["apisrver", [], ["etcd/peer, etcd/server", "Did you mean apiserver?"]],
  ["prd", [], ['There is no certificate "prd".', "Did you mean prod?"]],
  ["nothing-like-it", [], ["Nothing was changed."]],
  [
    "kubeconfigs/admin.conf",
    ["cp-1"],
    ['no certificate "kubeconfigs/admin.conf" on cp-1. There are admin.conf,'],
  ],
  ["apiserver", ["worker-1"], ["on worker-1. There are kubelet."]],
  [
    "kubelet.conf",
    ["worker-1"],
    ["The kubelet of a worker on a host requests its client certificate"],
  ],
  [
    "apiserver",
    ["cp-3"],
    ['no node "cp-3". The nodes are cp-1, cp-2, worker-1.', "Did you mean cp-"],
  ],
  ["new", [], ['"new" was not made yet', "cdktf-control-plane deploy"]],
])("fails when there is no %j on %j", (words, nodes, parts) => {
  const message = messageOf(() => select(words, nodes));
  for (const part of parts) expect(message).toContain(part);
});

test("fails when nothing was deployed yet", () => {
  const message = messageOf(() =>
    selectRenewals([], { names: [], nodes: [], stacks: [] }),
  );
  expect(message).toContain(
    "There is no certificate that could get a new key.",
  );
});

test("each name is one line, with its nodes", () => {
  expect(
    renewalLines(
      select("apiserver, server, kubeconfigs/admin.conf, kubelet.conf"),
    ),
  ).toEqual([
    "apiserver on cp-1, cp-2",
    "etcd/server on cp-1, cp-2",
    "kubeconfigs/admin.conf",
    "kubelet.conf on cp-1, cp-2 (for kubelet's first start: a kubelet that runs keeps the key that it made itself)",
  ]);
});

test("many nodes are counted", () => {
  const nodes = Array.from({ length: 11 }, (_, at) => `worker-${at}`);
  expect(renewalLines(nodes.flatMap(onNode))).toContain(
    "etcd/peer on 11 nodes",
  );
});

test("a certificate that is missing or broken is made again without a request", () => {
  const broken = certificate("certificates/broken", { certificate: undefined });
  const chosen = selectRenewals([...ALL, broken], {
    names: ["broken", "web"],
    nodes: [],
    stacks: [],
  });
  expect(fingerprintsOf(chosen)).toEqual({
    "certificates/web.crt": "fingerprint of certificates/web.crt",
  });
});
