import {
  type ComponentRow,
  flagsOf,
  type Probes,
  type Volume,
} from "../catalog/component";
import { COMPONENTS } from "../catalog/components";
import { MANIFESTS_DIR } from "../catalog/paths";
import type { ExtraEnv, ExtraVolume, Site, SiteNode } from "../catalog/site";
import { compact, type KubernetesObject } from "./kubernetes-object";

export function manifestPath({ id }: { readonly id: string }): string {
  return `${MANIFESTS_DIR}/${id}.yaml`;
}

/** The components that each control-plane node runs. With an external etcd, for example, that does not include etcd. */
export function controlPlaneComponents(site: Site): readonly ComponentRow[] {
  return COMPONENTS.filter((row) => row.needed?.(site) ?? true);
}

/**
 * A component as a static pod, which kubelet starts from a file, without an API server.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/util/staticpod/utils.go
 */
export function staticPod(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): KubernetesObject {
  const options = row.options(site);
  const extra = options.extraVolumes.map(extraVolume);
  // A volume of the user replaces a default volume of the same name.
  const mounts = [
    ...new Map(
      [...row.volumes(site), ...extra].map((volume) => [volume.name, volume]),
    ).values(),
  ];
  const volumes = sorted(mounts);
  const env = environment(options.extraEnvs);
  const { podSecurity, namedProbePorts } = site.version;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: compact({
      annotations: row.annotations?.(site, node),
      labels: { component: row.id, tier: "control-plane" },
      name: row.id,
      namespace: "kube-system",
    }),
    spec: compact({
      containers: [
        compact({
          command: [row.id, ...flagsOf(row, site, node)],
          env: env.length > 0 ? env : undefined,
          image: row.image(site),
          imagePullPolicy: "IfNotPresent",
          ...probes(row, site, node),
          name: row.id,
          ports: namedProbePorts
            ? [
                {
                  containerPort: row.port(site, node),
                  name: PROBE_PORT,
                  protocol: "TCP",
                },
              ]
            : undefined,
          resources: { requests: row.requests(site) },
          volumeMounts: (row.keepsMountOrder ? mounts : volumes).map(
            ({ name, mountPath, readOnly }) =>
              compact({ mountPath, name, readOnly: readOnly || undefined }),
          ),
        }),
      ],
      hostNetwork: true,
      priority: podSecurity ? SYSTEM_NODE_CRITICAL : undefined,
      priorityClassName: "system-node-critical",
      securityContext: podSecurity
        ? { seccompProfile: { type: "RuntimeDefault" } }
        : undefined,
      volumes: volumes.map(({ name, hostPath, type }) => ({
        hostPath: { path: hostPath, type },
        name,
      })),
    }),
  };
}

const PROBE_PORT = "probe-port";
/** The priority of the class `system-node-critical`. The API server fills it in for other pods. */
const SYSTEM_NODE_CRITICAL = 2000001000;

const PERIOD = 10;

/** Seconds that a component may take to start. The default is kubeadm's. */
export const startupTimeout = (site: Site): number =>
  site.startupTimeout ?? 240;

function probes(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): Record<string, unknown> {
  const rules = row.probes(site, node);
  const port = site.version.namedProbePorts ? PROBE_PORT : row.port(site, node);
  return compact({
    livenessProbe: probe(rules, rules.liveness, port, 8, PERIOD, PERIOD),
    readinessProbe: rules.readiness
      ? probe(rules, rules.readiness, port, 3, 1)
      : undefined,
    startupProbe: probe(
      rules,
      rules.startup,
      port,
      Math.ceil(startupTimeout(site) / PERIOD),
      PERIOD,
      PERIOD,
    ),
  });
}

function probe(
  { host, scheme, onlyConnects }: Probes,
  path: string,
  port: string | number,
  failureThreshold: number,
  periodSeconds: number,
  initialDelaySeconds?: number,
): object {
  const address = host || undefined;
  return compact({
    failureThreshold,
    ...(onlyConnects
      ? { tcpSocket: compact({ host: address, port }) }
      : { httpGet: compact({ host: address, path, port, scheme }) }),
    initialDelaySeconds,
    periodSeconds,
    timeoutSeconds: 15,
  });
}

const extraVolume = ({
  readOnly = false,
  pathType = "",
  ...volume
}: ExtraVolume): Volume => ({ ...volume, readOnly, type: pathType });

function sorted<T extends { readonly name: string }>(values: Iterable<T>): T[] {
  return [...values].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Environment variables, sorted by name. If a name is repeated, the last one wins. */
export function environment(envs: readonly ExtraEnv[]): ExtraEnv[] {
  const byName = new Map(envs.map((env) => [env.name, withFieldVersion(env)]));
  return sorted(byName.values());
}

/** Adds the API version to a field reference, as kubeadm does. */
export function withFieldVersion(env: ExtraEnv): ExtraEnv {
  const fieldRef = env.valueFrom?.fieldRef;
  if (typeof fieldRef !== "object" || fieldRef === null) return env;
  return {
    ...env,
    valueFrom: {
      ...env.valueFrom,
      fieldRef: { apiVersion: "v1", ...fieldRef },
    },
  };
}
