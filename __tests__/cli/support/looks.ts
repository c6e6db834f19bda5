import type { Preview } from "../../../lib/agent/rollout/preview-shape";
import type {
  InspectedCertificate,
  InspectedStore,
} from "../../../lib/cli/report/inspected";

export const NOW = new Date("2026-06-01T12:00:00Z");

export const CERTIFICATE: InspectedCertificate = {
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

export const STORE: InspectedStore = {
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
    ...["cp-1", "cp-2"].map((node) => ({
      ...CERTIFICATE,
      purpose: `client certificate of kube-apiserver for etcd on ${node}`,
      state: "due" as const,
      reason: "the next apply renews it",
      subject: "CN=kube-apiserver-etcd-client",
      issuer: "etcd-ca",
      names: [],
      notAfter: "2026-06-01T12:50:00Z",
      renewal: "2026-06-01T11:00:00Z",
      files: [
        `nodes/${node}/root/etc/kubernetes/pki/apiserver-etcd-client.crt`,
      ],
    })),
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

const NO_CHANGES = {
  files: [],
  removed: [],
  binaries: [],
  starts: [],
  restarts: [],
  reloads: [],
};

export const PREVIEW: Preview = {
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
