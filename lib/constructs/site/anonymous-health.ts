import { readFileSync } from "node:fs";
import { lastValue, valuesOf } from "../../catalog/arguments";
import { goBool } from "../../catalog/go-bool";
import { isObject } from "../../catalog/config/shape";
import type { ComponentOptions } from "../../catalog/site";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import { hasToken } from "../../terraform/expression";
import type { GivenDocument } from "./document";
import type { NodeFile } from "./node-props";

/** The paths of an API server that probes and proxies ask without a credential. */
const HEALTH_PATHS = ["/livez", "/readyz"];

/**
 * What keeps API servers from answering health checks without a credential, as the beginning of a sentence; `undefined`
 * if they answer, or if the values are known only at apply.
 * @param files The files of the nodes.
 */
export function refusalOfHealthChecks(
  { extraArgs, addArgs }: ComponentOptions,
  files: readonly NodeFile[],
): string | undefined {
  const flag = (name: string) => `apiServer.extraArgs[${JSON.stringify(name)}]`;
  const anonymous = lastValue(extraArgs, "anonymous-auth");
  if (goBool(anonymous) === false)
    return `${flag("anonymous-auth")} is ${JSON.stringify(anonymous)}`;
  // The API server then refuses anonymous requests by itself, because this mode would allow them everything.
  const modes = [extraArgs, addArgs].flatMap((args) => valuesOf(args, MODE));
  if (modes.flatMap((mode) => mode.split(",")).includes("AlwaysAllow"))
    return `${flag(MODE)} has AlwaysAllow`;
  const path = lastValue(extraArgs, CONFIG);
  return files.some((file) => file.path === path && refuses(file))
    ? `${path}, which ${flag(CONFIG)} names, refuses anonymous requests to ${HEALTH_PATHS.join(" or ")}`
    : undefined;
}

/** The same for the configuration that a prop gives. */
export const refusalByAuthentication = (
  given: GivenDocument | undefined,
): string | undefined =>
  given !== undefined &&
  (typeof given === "string"
    ? refuses({ path: given, source: given })
    : refusesAnonymous(given))
    ? `authentication refuses anonymous requests to ${HEALTH_PATHS.join(" or ")}`
    : undefined;

const MODE = "authorization-mode";
const CONFIG = "authentication-config";

/**
 * Whether an AuthenticationConfiguration refuses anonymous requests to a health path. Files that cannot be read here have
 * their own errors elsewhere.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests
 */
function refuses({ text, source }: NodeFile): boolean {
  try {
    const content = text ?? readFileSync(source ?? "", "utf8");
    if (hasToken(content)) return false;
    return refusesAnonymous(readKubernetesYaml(content)[0]);
  } catch {
    return false;
  }
}

function refusesAnonymous(document: unknown): boolean {
  const anonymous = isObject(document) ? document.anonymous : undefined;
  if (!isObject(anonymous)) return false;
  const { enabled, conditions } = anonymous;
  if (enabled !== true) return true;
  if (!Array.isArray(conditions) || conditions.length === 0) return false;
  const allowed = conditions.map((each) => isObject(each) && each.path);
  return !HEALTH_PATHS.every((path) => allowed.includes(path));
}
