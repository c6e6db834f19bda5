import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Audit,
  type AuditPreset,
  ControlPlane,
  type ControlPlaneProps,
  LocalControlPlane,
  Runtime,
} from "../../lib";
import { AUDIT_POLICIES } from "../../lib/catalog/audit-policies";
import { expectControlPlane } from "../../lib/testing";
import { cluster, clusterProps, host, newStack } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";
import { filesOf } from "./support/systemd";

const FOLDER = "/etc/kubernetes/kube-apiserver";
const POLICY = `${FOLDER}/audit-policy.yaml`;

const stackWith = (props: Partial<ControlPlaneProps>) => {
  const stack = newStack();
  new ControlPlane(stack, "cluster", clusterProps(props));
  return stack;
};
const withPolicy = (policy: Record<string, unknown>) =>
  stackWith({ audit: Audit.policy(policy) });
const RULES = [{ level: "Metadata" }];

const podOf = (props: Partial<ControlPlaneProps>) =>
  yamlOf(
    artefactsOf(cluster(props)).get(
      "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
    )!,
  );

let folder = "";
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const SYSTEMD = { runtime: Runtime.systemd(), nodes: [host(1)] };

describe.each([
  ["static pods", {}],
  ["units", SYSTEMD],
])("a preset with %s", (_, runtime: Partial<ControlPlaneProps>) => {
  const expected = expectControlPlane(
    stackWith({ ...runtime, audit: Audit.preset("metadata") }),
  );

  test("sets the flags, with limits for the log", () => {
    for (const [flag, value] of Object.entries({
      "audit-policy-file": POLICY,
      "audit-log-path": "/var/log/kubernetes/audit/audit.log",
      "audit-log-maxage": "30",
      "audit-log-maxbackup": "10",
      "audit-log-maxsize": "100",
    }))
      expected.toHaveFlag("kube-apiserver", flag, value);
  });

  test("makes the policy on the node", () => {
    expected.toHaveFile(POLICY, AUDIT_POLICIES.metadata);
  });
});

test("the pod mounts the policy for reading and the folder of the log for writing", () => {
  const { metadata, spec } = podOf({ audit: Audit.preset("recommended") });
  expect(spec.containers[0].volumeMounts).toEqual(
    expect.arrayContaining([
      { name: "kube-apiserver-files", mountPath: FOLDER, readOnly: true },
      { name: "audit-log", mountPath: "/var/log/kubernetes/audit" },
    ]),
  );
  // Without a rollout, only this restarts the pod when the policy changes.
  expect(metadata.annotations["cdktf-control-plane/mounted-files"]).toMatch(
    new RegExp(`^${POLICY} [0-9a-f]{64}$`),
  );
});

test("a unit has a log folder of its own, and a policy that its user can read", () => {
  const audit = Audit.preset("metadata", {
    log: { path: "/var/log/audit/kube.log" },
  });
  const program = cluster({ ...SYSTEMD, audit });
  expect(filesOf(program, "cp-1")[POLICY]).toBe("0640 root:kubernetes");
  const unit = artefactsOf(program).get(
    "nodes/cp-1/root/etc/systemd/system/kube-apiserver.service",
  )!;
  expect(unit.spec).toContain(
    "ExecStartPre=+/usr/bin/install -d -m 0700 -o kubernetes -g kubernetes /var/log/audit",
  );
  expect(unit.spec).toMatch(/ReadWritePaths=.*\/var\/log\/audit/);
});

test("kubeadm's configuration of the cluster has the flags and the volumes", () => {
  const { spec } = artefactsOf(
    cluster({ audit: Audit.preset("metadata") }),
  ).get("objects/kubeadm-config.yaml")!;
  expect(spec).toContain("audit-policy-file");
  expect(spec).toContain("kube-apiserver-files");
});

test("a policy of one's own is an object or a file, of which only the hash is shown", () => {
  expectControlPlane(withPolicy({ rules: RULES })).toHaveFile(POLICY, {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    rules: RULES,
  });
  const path = file(
    "policy.yaml",
    "apiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: x}\nrules:\n- level: None\n",
  );
  const { spec } = artefactsOf(cluster({ audit: Audit.policy(path) })).get(
    `nodes/cp-1/root${POLICY}`,
  )!;
  expect(spec).toContain("filesha256");
  expect(spec).not.toContain("level");
});

describe("a receiver", () => {
  const kubeconfig = () =>
    file(
      "webhook.yaml",
      "kind: Config\nclusters:\n- name: a\n  cluster: {server: https://audit.example.org}\n",
    );

  test("gets the events instead of a log", () => {
    const webhook = { config: kubeconfig(), mode: "blocking" } as const;
    const stack = stackWith({ audit: Audit.preset("metadata", { webhook }) });
    const expected = expectControlPlane(stack);
    const path = `${FOLDER}/audit-webhook.yaml`;
    expected.toHaveFlag("kube-apiserver", "audit-webhook-config-file", path);
    expected.toHaveFlag("kube-apiserver", "audit-webhook-mode", "blocking");
    expected.toHaveFile(path);
    expected.not.toHaveFlag("kube-apiserver", "audit-log-path");
  });

  test("may be beside a log", () => {
    const webhook = { config: kubeconfig() };
    const audit = Audit.preset("metadata", { webhook, log: { maxAge: 7 } });
    expectControlPlane(stackWith({ audit })).toHaveFlag(
      "kube-apiserver",
      "audit-log-maxage",
      "7",
    );
  });
});

test("a local control plane writes the log beside its other logs", () => {
  const artefacts = artefactsOf((stack) => {
    new LocalControlPlane(stack, "local", {
      kubernetesVersion: "1.36.3",
      audit: Audit.preset("recommended"),
    });
  });
  const root = "nodes/local/root/etc/kubernetes";
  const { command } = yamlOf(
    artefacts.get(`${root}/processes/kube-apiserver.yaml`)!,
  );
  expect(command).toEqual(
    expect.arrayContaining([
      "--audit-policy-file=etc/kubernetes/kube-apiserver/audit-policy.yaml",
      "--audit-log-path=../../../processes/audit/audit.log",
    ]),
  );
  expect(artefacts.has(`${root}/kube-apiserver/audit-policy.yaml`)).toBe(true);
});

test("standard output needs no folder", () => {
  const audit = Audit.preset("metadata", { log: { path: "-" } });
  const { spec } = podOf({ audit });
  expect(spec.containers[0].command).toContain("--audit-log-path=-");
  expect(JSON.stringify(spec.volumes)).not.toContain("audit-log");
});

test("flags by hand win, except those that name a file", () => {
  const audit = Audit.preset("metadata");
  const extraArgs = { "audit-log-maxage": "90" };
  expectControlPlane(stackWith({ audit, apiServer: { extraArgs } })).toHaveFlag(
    "kube-apiserver",
    "audit-log-maxage",
    "90",
  );
  expectHelpful(
    messageOf(() =>
      stackWith({
        audit,
        apiServer: { extraArgs: { "audit-policy-file": "/etc/p.yaml" } },
      }),
    ),
    'audit and apiServer.extraArgs["audit-policy-file"]',
  );
});

describe("the policies of this library", () => {
  test.each(Object.keys(AUDIT_POLICIES) as AuditPreset[])(
    "are valid: %s",
    (name) => void stackWith({ audit: Audit.preset(name) }),
  );

  test("never record the contents of secrets, whatever the verb", () => {
    const { rules } = AUDIT_POLICIES.recommended as unknown as {
      rules: {
        level: string;
        verbs?: string[];
        users?: string[];
        userGroups?: string[];
        nonResourceURLs?: string[];
        resources?: { group: string; resources?: string[] }[];
      }[];
    };
    const first = (resource: string, group: string) =>
      rules.find(
        ({ resources, verbs, users, userGroups, nonResourceURLs }) =>
          !verbs &&
          !users &&
          !userGroups &&
          !nonResourceURLs &&
          (!resources ||
            resources.some(
              (each) =>
                each.group === group &&
                (each.resources?.includes(resource) ?? true),
            )),
      )!.level;
    for (const [resource, group] of [
      ["secrets", ""],
      ["configmaps", ""],
      ["serviceaccounts/token", ""],
      ["tokenreviews", "authentication.k8s.io"],
      ["passwords", "example.org"],
    ])
      expect(first(resource, group)).toBe("Metadata");
    expect(first("deployments", "apps")).toBe("Request");
    expect(first("pods/exec", "")).toBe("Request");
  });
});
