import { AUDIT_LEVELS, AUDIT_STAGES } from "../../catalog/audit-policies";
import { didYouMean } from "../../catalog/similar-name";
import { error, show } from "../errors";

/** Errors about `audit`. Each says what was given, what is allowed, and what to do. */

export const unknownAuditPreset = (given: string, known: readonly string[]) =>
  error(
    `Audit.preset has no policy ${show(given)}.`,
    `Allowed: ${known.join(", ")}.`,
    didYouMean(given, known) ??
      "Choose one, or give a policy of your own to Audit.policy.",
  );

export const noAuditRules = (where: string) =>
  error(
    `${where} has no rules, so API servers do not start.`,
    "Allowed is at least one rule.",
    'Write rules: [{ level: "Metadata" }], for example.',
  );

export const wrongAuditLevel = (where: string, given: unknown) =>
  error(
    `${where} is ${given === undefined ? "missing" : show(given)}.`,
    `Allowed: ${AUDIT_LEVELS.join(", ")}.`,
    didYouMean(String(given), AUDIT_LEVELS) ?? "Choose one of them.",
  );

export const wrongAuditStage = (where: string, given: unknown) =>
  error(
    `${where} is ${show(given)}.`,
    `Allowed: ${AUDIT_STAGES.join(", ")}.`,
    didYouMean(String(given), AUDIT_STAGES) ?? "Choose one of them.",
  );

export const wrongAuditUrl = (where: string, given: unknown) =>
  error(
    `${where} is ${show(given)}.`,
    "Allowed is * or a path that begins with /, with a * only at its end.",
    'Write "/healthz*", for example.',
  );

export const mixedAuditRule = (where: string) =>
  error(
    `${where} has nonResourceURLs together with resources or namespaces, so API servers do not start.`,
    "Allowed is a rule for paths or a rule for objects.",
    "Make two rules of it.",
  );

export const wrongAuditGroup = (where: string, given: unknown) =>
  error(
    `${where} is ${show(given)}.`,
    "Allowed is the name of an API group in lower case and without its version, the empty text for the core group, or *.",
    'Write "apps", for example.',
  );

export const namesWithoutResources = (where: string) =>
  error(
    `${where} has resourceNames without resources, so API servers do not start.`,
    "Allowed are names of objects of the resources that are listed beside them.",
    "Add resources.",
  );

export const wrongAuditNumber = (prop: string, given: number, least: number) =>
  error(
    `${prop} is ${show(given)}.`,
    `Allowed is a whole number of ${least} or more.`,
    "Correct the number.",
  );

export const endlessAuditLog = () =>
  error(
    "audit.log has maxAge: 0 and maxBackup: 0, so that no old log is ever deleted and the disk fills up.",
    "Allowed is at least one limit.",
    "Set maxBackup: 10, for example.",
  );

export const wrongAuditPath = (given: string, isLocal: boolean) =>
  error(
    `audit.log.path is ${show(given)}.`,
    isLocal
      ? "Allowed is a relative path of letters, digits and . _ - @ + : below the folder in which the processes run, or - for standard output."
      : "Allowed is an absolute path of letters, digits and . _ - @ + : in a directory of its own, or - for standard output.",
    isLocal
      ? 'Write "audit/audit.log", for example.'
      : 'Write "/var/log/kubernetes/audit/audit.log", for example.',
  );

export const notAWebhook = (path: string) =>
  error(
    `audit.webhook.config ${show(path)} is not a kubeconfig that names a server.`,
    "Allowed is a file with clusters[0].cluster.server.",
    "Write the address of the receiver there, with its CA as certificate-authority-data.",
  );
