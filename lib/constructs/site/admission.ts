import {
  admissionPlugins,
  ENABLED_PLUGINS,
  type EventLimitType,
  type PodSecurityLevel,
} from "../../catalog/admission-plugins";
import { CIS_ROWS } from "../../catalog/hardening/cis";
import type { Site } from "../../catalog/site";
import { toYaml } from "../../render/yaml";
import * as errors from "./admission-errors";
import {
  validateEventLimits,
  validatePodSecurity,
} from "./admission-validation";
import { apiServerFile, type Settings } from "./settings";

/** Which plugins check and change the objects that API servers accept, and how two of them are configured. */
export interface AdmissionProps {
  /**
   * Plugins to enable besides those that are on by default, and NodeRestriction.
   * @default - none
   * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
   */
  readonly add?: readonly string[];

  /**
   * Plugins to disable. Synthesis warns of those on which the safety of the cluster depends.
   * @default - none
   * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
   */
  readonly remove?: readonly string[];

  /**
   * What pods may do in namespaces whose labels do not say it.
   * @default - Kubernetes' default: everything
   * @see https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/
   */
  readonly podSecurity?: PodSecurityProps;

  /**
   * Limits for the rate at which API servers accept events. They enable the plugin EventRateLimit.
   * @default - none
   * @see https://kubernetes.io/docs/reference/config-api/apiserver-eventratelimit.v1alpha1/
   */
  readonly eventRateLimit?: readonly EventLimit[];
}

/** Describes what pods may do in namespaces whose labels do not say it. A version is `latest`, or such as `v1.36`. */
export interface PodSecurityProps {
  /**
   * Pods that may do more are refused.
   * @default "privileged"
   */
  readonly enforce?: PodSecurityLevel;

  /**
   * The version of the standard for `enforce`.
   * @default "latest"
   */
  readonly enforceVersion?: string;

  /**
   * Pods that may do more are marked in the audit log.
   * @default "privileged"
   */
  readonly audit?: PodSecurityLevel;

  /**
   * The version of the standard for `audit`.
   * @default "latest"
   */
  readonly auditVersion?: string;

  /**
   * Who creates pods that may do more is warned.
   * @default "privileged"
   */
  readonly warn?: PodSecurityLevel;

  /**
   * The version of the standard for `warn`.
   * @default "latest"
   */
  readonly warnVersion?: string;

  /**
   * Users whose pods are not checked.
   * @default - none
   */
  readonly exemptUsernames?: readonly string[];

  /**
   * Namespaces whose pods are not checked.
   * @default - none
   */
  readonly exemptNamespaces?: readonly string[];

  /**
   * Runtime classes whose pods are not checked.
   * @default - none
   */
  readonly exemptRuntimeClasses?: readonly string[];
}

/** A limit for the rate of events. */
export interface EventLimit {
  /** What shares the limit: all events of an API server, or those of each namespace, user, or source and object. */
  readonly type: EventLimitType;
  /** How many events a second are accepted in the long run: a whole number above 0. */
  readonly qps: number;
  /** How many events are accepted at once: a whole number above 0. */
  readonly burst: number;
  /**
   * How many namespaces, users, or sources and objects are remembered: a whole number of 0 or more.
   * @default 4096
   */
  readonly cacheSize?: number;
}

const ENABLE = "enable-admission-plugins";
const DISABLE = "disable-admission-plugins";

/** The flags, and the file with the configuration of plugins. Throws if an API server would not start with them. */
export function admissionSettings(
  site: Site,
  admission: AdmissionProps,
): Settings {
  const { podSecurity, eventRateLimit, add = [], remove = [] } = admission;
  const added = [...add, ...(eventRateLimit ? ["EventRateLimit"] : [])];
  validatePlugins(site, added, remove);
  if (podSecurity) {
    if (remove.includes("PodSecurity")) throw errors.configuredAndRemoved();
    validatePodSecurity(podSecurity);
  }
  if (eventRateLimit) validateEventLimits(eventRateLimit);
  const flags: Record<string, string> = {};
  const before = enabledPlugins(site);
  const enabled = [...new Set([...before, ...added])].filter(
    (name) => !remove.includes(name),
  );
  if (enabled.join() !== before.join()) flags[ENABLE] = enabled.join(",");
  const disabled = remove.filter((name) => !before.includes(name));
  if (disabled.length > 0) flags[DISABLE] = disabled.join(",");
  for (const flag of Object.keys(flags))
    if (flag in site.apiServer.extraArgs) throw errors.pluginsTwice(flag);
  const plugins = [
    ...(podSecurity ? [podSecurityPlugin(podSecurity)] : []),
    ...(eventRateLimit ? [eventLimitPlugin(eventRateLimit)] : []),
  ];
  if (plugins.length === 0)
    return { prop: "admission", flags: { "kube-apiserver": flags } };
  const { file, path } = apiServerFile(site, "admission.yaml");
  return {
    prop: "admission",
    flags: {
      "kube-apiserver": { ...flags, "admission-control-config-file": path },
    },
    files: [
      {
        ...file,
        purpose: "configuration of admission plugins",
        text: toYaml({
          apiVersion: "apiserver.config.k8s.io/v1",
          kind: "AdmissionConfiguration",
          plugins,
        }),
      },
    ],
  };
}

/** The plugins that are enabled besides those that are on by default. */
function enabledPlugins(site: Site): readonly string[] {
  const row = CIS_ROWS.find(({ flag }) => flag?.name === ENABLE);
  return site.hardening !== undefined && row?.flag
    ? row.flag.value(site).split(",")
    : ENABLED_PLUGINS;
}

function validatePlugins(
  { version, allowUnknownFlags }: Site,
  added: readonly string[],
  removed: readonly string[],
): void {
  const known = admissionPlugins(version.minor);
  for (const [prop, names] of Object.entries({ add: added, remove: removed })) {
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined && !allowUnknownFlags)
      throw errors.unknownPlugin(
        `admission.${prop}`,
        unknown,
        version.text,
        known,
      );
  }
  const both = added.find((name) => removed.includes(name));
  if (both !== undefined) throw errors.addedAndRemoved(both);
}

function podSecurityPlugin(props: PodSecurityProps): object {
  const { enforce, enforceVersion, audit, auditVersion, warn, warnVersion } =
    props;
  return {
    name: "PodSecurity",
    configuration: {
      apiVersion: "pod-security.admission.config.k8s.io/v1",
      kind: "PodSecurityConfiguration",
      defaults: {
        enforce: enforce ?? "privileged",
        "enforce-version": enforceVersion ?? "latest",
        audit: audit ?? "privileged",
        "audit-version": auditVersion ?? "latest",
        warn: warn ?? "privileged",
        "warn-version": warnVersion ?? "latest",
      },
      exemptions: {
        usernames: props.exemptUsernames ?? [],
        namespaces: props.exemptNamespaces ?? [],
        runtimeClasses: props.exemptRuntimeClasses ?? [],
      },
    },
  };
}

const eventLimitPlugin = (limits: readonly EventLimit[]): object => ({
  name: "EventRateLimit",
  configuration: {
    apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
    kind: "Configuration",
    limits: limits.map(({ type, qps, burst, cacheSize }) => ({
      type,
      qps,
      burst,
      ...(cacheSize !== undefined && { cacheSize }),
    })),
  },
});
