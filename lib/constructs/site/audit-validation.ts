import { posix } from "node:path";
import { AUDIT_LEVELS, AUDIT_STAGES } from "../../catalog/audit-policies";
import { isObject } from "../../catalog/config/shape";
import type { Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import { isDnsName, isPlainPath } from "../hosts";
import type { AuditLogProps, AuditWebhookProps } from "./audit";
import * as errors from "./audit-errors";
import { documentsIn } from "./document";

interface Rule {
  readonly level?: string;
  readonly omitStages?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly resources?: readonly {
    readonly group?: string;
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
}

/**
 * Throws if an API server would not start with the policy, whose fields were checked.
 * @see https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/apis/audit/validation/validation.go
 */
export function validatePolicy(
  where: string,
  policy: Readonly<Record<string, unknown>>,
): void {
  const { rules = [], omitStages } = policy as {
    rules?: readonly Rule[];
    omitStages?: readonly string[];
  };
  if (rules.length === 0) throw errors.noAuditRules(where);
  validateStages(`${where}.omitStages`, omitStages);
  rules.forEach((rule, i) => validateRule(`${where}.rules[${i}]`, rule));
}

function validateRule(where: string, rule: Rule): void {
  const { level, nonResourceURLs = [], resources = [], namespaces = [] } = rule;
  if (!AUDIT_LEVELS.includes(level ?? ""))
    throw errors.wrongAuditLevel(`${where}.level`, level);
  validateStages(`${where}.omitStages`, rule.omitStages);
  nonResourceURLs.forEach((url, i) => {
    if (url !== "*" && !/^\/[^*]*\*?$/.test(url))
      throw errors.wrongAuditUrl(`${where}.nonResourceURLs[${i}]`, url);
  });
  if (nonResourceURLs.length > 0 && resources.length + namespaces.length > 0)
    throw errors.mixedAuditRule(where);
  resources.forEach(({ group = "", resources: of = [], resourceNames }, i) => {
    const at = `${where}.resources[${i}]`;
    if (group !== "" && group !== "*" && !isDnsName(group))
      throw errors.wrongAuditGroup(`${at}.group`, group);
    if (resourceNames?.length && of.length === 0)
      throw errors.namesWithoutResources(at);
  });
}

function validateStages(where: string, stages: readonly string[] = []): void {
  stages.forEach((stage, i) => {
    if (!AUDIT_STAGES.includes(stage))
      throw errors.wrongAuditStage(`${where}[${i}]`, stage);
  });
}

/** Throws if the log could not be written, or would fill the disk. */
export function validateLog(site: Site, log: AuditLogProps): void {
  const { path, maxAge, maxBackup, maxSize } = log;
  const numbers = { maxAge, maxBackup, maxSize };
  for (const [name, given] of Object.entries(numbers)) {
    const least = name === "maxSize" ? 1 : 0;
    if (given !== undefined && (!Number.isSafeInteger(given) || given < least))
      throw errors.wrongAuditNumber(`audit.log.${name}`, given, least);
  }
  if (maxAge === 0 && maxBackup === 0) throw errors.endlessAuditLog();
  if (path === undefined || path === "-") return;
  const isLocal = site.runtime.kind === "processes";
  const isPath = isLocal
    ? isPlainPath(`/${path}`)
    : isPlainPath(path) && posix.dirname(path) !== "/";
  if (hasToken(path) || !isPath) throw errors.wrongAuditPath(path, isLocal);
}

/** Throws if the file does not say where the events go. */
export function validateWebhook({ config }: AuditWebhookProps): void {
  const [document] = documentsIn("audit.webhook.config", config);
  const clusters = isObject(document) ? document.clusters : undefined;
  const [first] = Array.isArray(clusters) ? (clusters as unknown[]) : [];
  const cluster = isObject(first) ? first.cluster : undefined;
  const server = isObject(cluster) ? cluster.server : undefined;
  if (typeof server !== "string" || server === "")
    throw errors.notAWebhook(config);
}
