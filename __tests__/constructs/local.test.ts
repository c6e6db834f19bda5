import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { Duration } from "../../lib/constructs/duration";
import { KeyAlgorithm } from "../../lib/constructs/pki/key-algorithm";
import { LocalControlPlane } from "../../lib/constructs/cluster/local-control-plane";
import type { LocalControlPlaneProps } from "../../lib/constructs/site/local-control-plane-props";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";
import { warningsOf } from "../support/warnings";

const props = (
  changes: Partial<LocalControlPlaneProps> = {},
): LocalControlPlaneProps => ({
  clusterName: "debug",
  kubernetesVersion: "1.36.3",
  ...changes,
});

const artefacts = (changes: Partial<LocalControlPlaneProps> = {}) =>
  artefactsOf((stack) => new LocalControlPlane(stack, "local", props(changes)));

interface Process {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

function processOf(
  name: string,
  changes: Partial<LocalControlPlaneProps> = {},
): Process {
  const file = `nodes/local/root/etc/kubernetes/processes/${name}.yaml`;
  return yamlOf(artefacts(changes).get(file)!) as unknown as Process;
}

test("has the files of etcd and an API server, and no files of a kubelet", () => {
  expect([...artefacts().keys()].sort()).toEqual([
    "kubeconfigs/admin.conf",
    ...[
      "pki/apiserver.crt",
      "pki/ca.crt",
      "pki/front-proxy-ca.crt",
      "pki/front-proxy-client.crt",
      "pki/sa.key",
      "processes/etcd.yaml",
      "processes/kube-apiserver.yaml",
      "super-admin.conf",
    ].map((path) => `nodes/local/root/etc/kubernetes/${path}`),
    "pki/ca.crt",
    "pki/front-proxy-ca.crt",
    "pki/sa.key",
  ]);
});

test("has certificates for etcd if that uses TLS", () => {
  const secured = { etcd: { tls: true } };
  const paths = [...artefacts(secured).keys()];
  expect(paths).toContain("pki/etcd/ca.crt");
  expect(paths).toContain(
    "nodes/local/root/etc/kubernetes/pki/apiserver-etcd-client.crt",
  );
  expect(processOf("etcd", secured).command).toContain(
    "--listen-client-urls=https://127.0.0.1:2379",
  );
  expect(processOf("kube-apiserver", secured).command).toContain(
    "--etcd-servers=https://127.0.0.1:2379",
  );
});

test("listens only on loopback, on the chosen ports", () => {
  const chosen = {
    port: 7443,
    etcd: { clientPort: 3379, peerPort: 3380, metricsPort: 3381 },
    controllerManager: { port: 3257 },
    scheduler: { port: 3259 },
  };
  const { command } = processOf("kube-apiserver", chosen);
  expect(command).toContain("--secure-port=7443");
  expect(command).toContain("--bind-address=127.0.0.1");
  expect(command).toContain("--etcd-servers=http://127.0.0.1:3379");
  expect(processOf("etcd", chosen).command).toEqual(
    expect.arrayContaining([
      "--listen-client-urls=http://127.0.0.1:3379",
      "--listen-peer-urls=http://127.0.0.1:3380",
      "--listen-metrics-urls=http://127.0.0.1:3381",
    ]),
  );
  expect(processOf("kube-controller-manager", chosen).command).toContain(
    "--secure-port=3257",
  );
  expect(processOf("kube-scheduler", chosen).command).toContain(
    "--secure-port=3259",
  );
});

test("lets extraArgs and environment override other settings", () => {
  const { command, environment } = processOf("kube-apiserver", {
    apiServer: {
      extraArgs: { "bind-address": "0.0.0.0", v: "6" },
      environment: { GODEBUG: "x509sha1=1" },
    },
  });
  expect(command).toContain("--bind-address=0.0.0.0");
  expect(command).not.toContain("--bind-address=127.0.0.1");
  expect(command).toContain("--v=6");
  expect(environment).toEqual({ GODEBUG: "x509sha1=1" });
});

test.each([
  ["bin", "../../../../../bin/etcd"],
  ["../elsewhere", "../../../../../../elsewhere/etcd"],
  ["/opt/kubernetes", "/opt/kubernetes/etcd"],
  ["~/go/bin", "~/go/bin/etcd"],
  [undefined, "etcd"],
])(
  "finds binaries in %s, with a path that is the same on every machine",
  (binaryDirectory, program) => {
    expect(processOf("etcd", { binaryDirectory }).command[0]).toBe(program);
  },
);

test("has no absolute path unless one is given", () => {
  const all = [...artefacts({ binaryDirectory: "bin" }).values()];
  const words = all.flatMap(({ spec }) => spec.split(/[\s=]/));
  expect(words).toContain("--data-dir");
  expect(words.filter((word) => /^\/[a-z]/.test(word))).toEqual([]);
});

test("may have certificates that are valid for longer than the default of CAs", () => {
  const all = artefacts({ certificateValidity: Duration.days(10_000) });
  const validity = (file: string) =>
    (yamlOf(all.get(file)!) as { validity: string }).validity;
  expect(validity("nodes/local/root/etc/kubernetes/pki/apiserver.crt")).toBe(
    "240000h0m0s",
  );
  expect(validity("pki/ca.crt")).toBe("248760h0m0s");
});

test("does not warn of a flag that has no corresponding prop", () => {
  const apiServer = { extraArgs: { "service-account-issuer": "api" } };
  const program: Program = (stack) => {
    new LocalControlPlane(stack, "local", props({ apiServer }));
  };
  expect(warningsOf(program)).toEqual([]);
});

test("puts a user's file at the path that its flag names", () => {
  const path = "etc/kubernetes/audit-policy.yaml";
  const all = artefacts({ files: [{ path, text: "rules: []\n" }] });
  expect(all.get(`nodes/local/root/${path}`)?.spec).toContain("rules");
});

type Case = [
  what: string,
  props: Partial<LocalControlPlaneProps>,
  ...parts: string[],
];

test.each<Case>([
  ["an invalid port", { port: 0 }, "port", "0", "1 to 65535"],
  [
    "two processes on the same port",
    { port: 2379 },
    "Port 2379",
    "port of stack/local",
    "etcd.clientPort of stack/local",
  ],
  [
    "an empty binaryDirectory",
    { binaryDirectory: " " },
    "binaryDirectory",
    "PATH",
  ],
  [
    "a file outside the folder",
    { files: [{ path: "../x", text: "" }] },
    '"../x"',
    "relative",
  ],
  [
    "an absolute file",
    { files: [{ path: "/etc/x", text: "" }] },
    '"/etc/x"',
    "relative",
  ],
  [
    "an invalid variable",
    { etcd: { environment: { "A=B": "1" } } },
    '"A=B"',
    "etcd.environment",
  ],
  [
    "certificates that outlive their CA",
    {
      certificateValidity: Duration.days(10_000),
      caCertificateValidity: Duration.days(3650),
    },
    "240000h",
  ],
  [
    "a removed flag",
    { apiServer: { extraArgs: { "insecure-port": "8080" } } },
    "insecure-port",
  ],
])("refuses %s", (_, changes, ...parts) => {
  const message = messageOf(() => artefacts(changes));
  expectHelpful(message, ...parts);
});

test("refuses the same port for two control planes, even in different stacks, and names both", () => {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "local-")) });
  new LocalControlPlane(new TerraformStack(app, "one"), "local", props());
  const message = messageOf(
    () =>
      new LocalControlPlane(
        new TerraformStack(app, "two"),
        "local",
        props({ clusterName: "other" }),
      ),
  );
  expectHelpful(message, "Port 6443", "one/local", "two/local");
});

test("refuses workers, because nodes cannot join it", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const local = new LocalControlPlane(
    stack,
    "local",
    props({ keyAlgorithm: KeyAlgorithm.RSA_2048 }),
  );
  expectHelpful(
    messageOf(() => local.addWorkers()),
    "stack/local",
    "addWorkers",
  );
});
