import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fn, Token } from "cdktf";
import {
  Audit,
  type AuditLogProps,
  type AuditPreset,
  type AuditProps,
  type ControlPlaneProps,
  Runtime,
} from "../../lib";
import { host, newControlPlane, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

const POLICY = "/etc/kubernetes/kube-apiserver/audit-policy.yaml";
const RULES = [{ level: "Metadata" }];

let folder = "";
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each<[string, Record<string, unknown>, string, ...string[]]>([
  ["no rules", {}, "audit.policy has no rules"],
  [
    "a level with a typing error",
    { rules: [{ level: "MetaDate" }] },
    'audit.policy.rules[0].level is "MetaDate"',
    "Did you mean Metadata?",
  ],
  ["no level", { rules: [{}] }, "audit.policy.rules[0].level is missing"],
  [
    "a field with a typing error",
    { rules: [{ level: "None", user: ["a"] }] },
    "audit.policy.rules[0].user is not a field in Kubernetes 1.36",
    "Did you mean users?",
  ],
  [
    "a field of another type",
    { rules: [{ level: "None", users: "a" }] },
    "audit.policy.rules[0].users is a string",
  ],
  [
    "a stage that does not exist",
    { rules: RULES, omitStages: ["RequestRecieved"] },
    "Did you mean RequestReceived?",
  ],
  [
    "a path with a * in it",
    { rules: [{ level: "None", nonResourceURLs: ["/a*b"] }] },
    'nonResourceURLs[0] is "/a*b"',
  ],
  [
    "a rule for paths and objects",
    {
      rules: [
        { level: "None", nonResourceURLs: ["/a"], namespaces: ["default"] },
      ],
    },
    "Make two rules of it",
  ],
  [
    "a group with its version",
    { rules: [{ level: "None", resources: [{ group: "apps/v1" }] }] },
    'group is "apps/v1"',
  ],
  [
    "names without resources",
    { rules: [{ level: "None", resources: [{ resourceNames: ["a"] }] }] },
    "Add resources",
  ],
  [
    "another kind",
    { kind: "AuditPolicy", rules: RULES },
    'audit.policy.kind is "AuditPolicy"',
  ],
  [
    "a value that is known only at apply",
    { rules: [{ level: "None", users: [Token.asString(Fn.file("x"))] }] },
    "known only at apply",
  ],
])("fails when a policy has %s", (_, policy, ...parts) => {
  expectHelpful(
    messageOf(() => newControlPlane({ audit: Audit.policy(policy) })),
    ...parts,
  );
});

test.each<[string, AuditLogProps, string]>([
  ["a fraction of a day", { maxAge: 0.5 }, "audit.log.maxAge is 0.5"],
  ["no size", { maxSize: 0 }, "Allowed is a whole number of 1 or more"],
  ["no end", { maxAge: 0, maxBackup: 0 }, "the disk fills up"],
  ["a relative path", { path: "audit.log" }, 'audit.log.path is "audit.log"'],
  ["a path in the root", { path: "/audit.log" }, "in a directory of its own"],
  [
    "the folder of the certificates",
    { path: "/etc/kubernetes/pki/audit.log" },
    "where another volume is",
  ],
])("fails when a log has %s", (_, log, part) => {
  expectHelpful(
    messageOf(() =>
      newControlPlane({ audit: Audit.preset("metadata", { log }) }),
    ),
    part,
  );
});

test("fails when a unit would get the folder of somebody else", () => {
  const audit = Audit.preset("metadata", { log: { path: "/var/log/a.log" } });
  expectHelpful(
    messageOf(() =>
      newControlPlane({ runtime: Runtime.systemd(), nodes: [host(1)], audit }),
    ),
    "/var/log",
  );
});

test.each<[string, () => AuditProps["webhook"], string]>([
  ["is missing", () => ({ config: "no-such-file" }), "There is no file"],
  [
    "names no server",
    () => ({ config: file("empty.yaml", "kind: Config\n") }),
    "not a kubeconfig that names a server",
  ],
  [
    "is not YAML",
    () => ({ config: file("broken.yaml", "a: [") }),
    "which is not YAML",
  ],
])("fails when the kubeconfig of a receiver %s", (_, webhook, part) => {
  expectHelpful(
    messageOf(() =>
      newControlPlane({
        audit: Audit.preset("metadata", { webhook: webhook() }),
      }),
    ),
    part,
  );
});

test("fails when there is no such preset", () => {
  expectHelpful(
    messageOf(() => Audit.preset("metadate" as AuditPreset)),
    "Did you mean metadata?",
  );
});

test("fails when a file of a policy has two documents", () => {
  const path = file("two.yaml", "a: 1\n---\nb: 2\n");
  expectHelpful(
    messageOf(() => newControlPlane({ audit: Audit.policy(path) })),
    "does not contain exactly one object",
  );
});

test.each<[string, Partial<ControlPlaneProps>, string]>([
  [
    "a file",
    { nodes: [node(1, { files: [{ path: POLICY, text: "" }] })] },
    "which node cp-1 has in its files",
  ],
  [
    "a volume",
    {
      apiServer: {
        extraVolumes: [{ name: "audit-log", hostPath: "/x", mountPath: "/x" }],
      },
    },
    'audit makes the volume "audit-log"',
  ],
])("fails when the user makes the same by hand: %s", (_, props, part) => {
  expectHelpful(
    messageOf(() =>
      newControlPlane({ audit: Audit.preset("metadata"), ...props }),
    ),
    part,
  );
});
