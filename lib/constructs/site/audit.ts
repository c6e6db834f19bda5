import { posix } from "node:path";
import { AUDIT_POLICIES, type AuditPreset } from "../../catalog/audit-policies";
import { LOCAL_AUDIT_LOG } from "../../catalog/paths";
import type { ComponentFile } from "../../catalog/component-file";
import type { ExtraVolume, Site } from "../../catalog/site";
import { checkProps } from "../../props/check";
import {
  validateLog,
  validatePolicy,
  validateWebhook,
} from "./audit-validation";
import { unknownAuditPreset } from "./audit-errors";
import { checkedDocument, type GivenDocument } from "./document";
import { apiServerFile, type Settings } from "./settings";

/** Where API servers send the events of an audit policy. */
export interface AuditProps {
  /**
   * Files on each control-plane node, and how long they are kept.
   * @default - files with the defaults; none if there is only a `webhook`
   * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#log-backend
   */
  readonly log?: AuditLogProps;

  /**
   * A receiver of your own.
   * @default - none
   * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#webhook-backend
   */
  readonly webhook?: AuditWebhookProps;
}

/** Describes the files with audit events. API servers start a new file when one is full. */
export interface AuditLogProps {
  /**
   * The file on a node, an absolute path in a directory of its own; of a local control plane, relative to the folder in
   * which its processes run. `-` is standard output, which this library does not limit.
   * @default "/var/log/kubernetes/audit/audit.log"
   */
  readonly path?: string;

  /**
   * How many days old files are kept: a whole number. 0 is without a limit.
   * @default 30
   */
  readonly maxAge?: number;

  /**
   * How many old files are kept: a whole number. 0 is without a limit.
   * @default 10
   */
  readonly maxBackup?: number;

  /**
   * The size at which a file is full, in megabytes: a whole number above 0.
   * @default 100
   */
  readonly maxSize?: number;

  /**
   * Whether requests wait until their events are written.
   * @default - Kubernetes' default, "blocking"
   */
  readonly mode?: AuditMode;
}

/** Describes a receiver of audit events. */
export interface AuditWebhookProps {
  /**
   * A kubeconfig on this machine, relative to the working directory, with the address of the receiver and the credentials
   * for it. Terraform sees only its path and its hash.
   */
  readonly config: string;

  /**
   * Whether requests wait until their events are sent.
   * @default - Kubernetes' default, "batch"
   */
  readonly mode?: AuditMode;
}

/** Whether requests wait for their audit events; with `blocking-strict`, they fail if an event cannot be recorded. */
export type AuditMode = "batch" | "blocking" | "blocking-strict";

/** Which requests API servers record, and where. */
export class Audit {
  /**
   * Records what a policy of yours says.
   * @param policy A Policy of `audit.k8s.io/v1`: an object, or the path of a file on this machine, relative to the working
   * directory.
   * @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Policy
   */
  static policy(
    policy: string | Readonly<Record<string, unknown>>,
    options: AuditProps = {},
  ): Audit {
    checkProps("AuditProps", options, "Audit.policy");
    return new Audit(policy, options);
  }

  /**
   * Records what a policy of this library says. `metadata`: of each request who made it, when, and for which object.
   * `recommended`: the same without what components repeat all the time, and with the contents of changes, except those of
   * Secrets, ConfigMaps, tokens and your own kinds of objects.
   */
  static preset(name: AuditPreset, options: AuditProps = {}): Audit {
    checkProps("AuditProps", options, "Audit.preset");
    if (!Object.hasOwn(AUDIT_POLICIES, name))
      throw unknownAuditPreset(name, Object.keys(AUDIT_POLICIES));
    return new Audit(AUDIT_POLICIES[name], options);
  }

  private constructor(
    /** @internal */
    readonly given: GivenDocument,
    /** @internal */
    readonly options: AuditProps,
  ) {}
}

const POLICY = {
  prop: "audit.policy",
  kind: "Policy",
  apiVersion: "audit.k8s.io/v1",
} as const;

const DEFAULT_PATH = "/var/log/kubernetes/audit/audit.log";

/** The flags, files and volumes. Throws if an API server would not start with them. */
export function auditSettings(site: Site, audit: Audit): Settings {
  const { webhook, log = webhook ? undefined : {} } = audit.options;
  const policy = checkedDocument(site, POLICY, audit.given);
  validatePolicy(POLICY.prop, policy.fields);
  if (log) validateLog(site, log);
  if (webhook) validateWebhook(webhook);
  const policyFile = apiServerFile(site, "audit-policy.yaml");
  const webhookFile = apiServerFile(site, "audit-webhook.yaml");
  const isLocal = site.runtime.kind === "processes";
  const path = log?.path ?? (isLocal ? LOCAL_AUDIT_LOG : DEFAULT_PATH);
  const files: ComponentFile[] = [
    { ...policyFile.file, purpose: "audit policy", ...policy.content },
    ...(webhook
      ? [
          {
            ...webhookFile.file,
            purpose: "kubeconfig for audit events",
            source: webhook.config,
          },
        ]
      : []),
  ];
  return {
    prop: "audit",
    flags: {
      "kube-apiserver": {
        ...(log && logFlags(path, log)),
        "audit-policy-file": policyFile.path,
        ...(webhook && { "audit-webhook-config-file": webhookFile.path }),
        ...(webhook?.mode && { "audit-webhook-mode": webhook.mode }),
      },
    },
    files,
    volumes: log && path !== "-" ? [logVolume(path)] : [],
  };
}

const logFlags = (path: string, log: AuditLogProps) => ({
  "audit-log-maxage": String(log.maxAge ?? 30),
  "audit-log-maxbackup": String(log.maxBackup ?? 10),
  "audit-log-maxsize": String(log.maxSize ?? 100),
  ...(log.mode && { "audit-log-mode": log.mode }),
  "audit-log-path": path,
});

const logVolume = (path: string): ExtraVolume => ({
  name: "audit-log",
  hostPath: posix.dirname(path),
  mountPath: posix.dirname(path),
  pathType: "DirectoryOrCreate",
});
