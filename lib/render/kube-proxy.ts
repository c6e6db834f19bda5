import { probeHost } from "../catalog/component";
import {
  KUBE_PROXY_FILES,
  kubeProxyDefaults,
  kubeProxyImage,
} from "../catalog/kube-proxy";
import { KUBE_PROXY_DIR, SERVICE_ACCOUNT_DIR } from "../catalog/paths";
import type { Site, SiteNode } from "../catalog/site";
import { isKubeProxyUnit, unitName } from "../catalog/units";
import type { ComponentRequest } from "../request/request";
import { componentConfigMap } from "./config-map";
import { withDefaults } from "./defaults";
import { endpointServer } from "./kubeconfig";
import type { KubernetesObject } from "./kubernetes-object";
import { rbac } from "./rbac";
import { reference } from "./references";
import { accountObject } from "./service-account";
import { startupTimeout } from "./static-pod";

const SELECTOR = { "k8s-app": "kube-proxy" };

/**
 * kube-proxy as a DaemonSet, which implements the cluster's services on every node.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/addons/proxy/manifests.go
 */
export function kubeProxy(site: Site): KubernetesObject[] {
  return [
    componentConfigMap(
      "kube-proxy",
      {
        [KUBE_PROXY_FILES.configuration]: reference({
          $yaml: kubeProxyConfiguration(site),
        }),
        [KUBE_PROXY_FILES.kubeconfig]: reference({
          $yaml: serviceAccountKubeconfig(site),
        }),
      },
      site.kubeProxy.config,
      { app: "kube-proxy" },
    ),
    daemonSet(site),
    accountObject({ name: "kube-proxy", namespace: "kube-system" }),
    ...rbac("kube-proxy"),
  ];
}

export function kubeProxyConfiguration(site: Site): Record<string, unknown> {
  return withDefaults(kubeProxyDefaults(site), site.kubeProxy.config);
}

/** The kubeconfig of kube-proxy's pods: their service account, and the endpoint, because the `kubernetes` service needs kube-proxy. */
function serviceAccountKubeconfig(site: Site): object {
  const name = "default";
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          "certificate-authority": `${SERVICE_ACCOUNT_DIR}/ca.crt`,
          server: endpointServer(site),
        },
      },
    ],
    contexts: [
      { name, context: { cluster: name, namespace: "default", user: name } },
    ],
    "current-context": name,
    users: [{ name, user: { tokenFile: `${SERVICE_ACCOUNT_DIR}/token` } }],
  };
}

function daemonSet(site: Site): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: {
      name: "kube-proxy",
      namespace: "kube-system",
      labels: SELECTOR,
    },
    spec: {
      selector: { matchLabels: SELECTOR },
      updateStrategy: { type: "RollingUpdate" },
      template: { metadata: { labels: SELECTOR }, spec: podSpec(site) },
    },
  };
}

function podSpec(site: Site): object {
  const lock = "/run/xtables.lock";
  const modules = "/lib/modules";
  return {
    priorityClassName: "system-node-critical",
    containers: [
      {
        name: "kube-proxy",
        image: kubeProxyImage(site),
        imagePullPolicy: "IfNotPresent",
        command: [
          "/usr/local/bin/kube-proxy",
          `--config=${KUBE_PROXY_DIR}/${KUBE_PROXY_FILES.configuration}`,
          "--hostname-override=$(NODE_NAME)",
        ],
        securityContext: { privileged: true },
        volumeMounts: [
          { mountPath: KUBE_PROXY_DIR, name: "kube-proxy" },
          { mountPath: lock, name: "xtables-lock" },
          { mountPath: modules, name: "lib-modules", readOnly: true },
        ],
        env: [
          {
            name: "NODE_NAME",
            valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
          },
        ],
      },
    ],
    hostNetwork: true,
    serviceAccountName: "kube-proxy",
    volumes: [
      { name: "kube-proxy", configMap: { name: "kube-proxy" } },
      { name: "xtables-lock", hostPath: { path: lock, type: "FileOrCreate" } },
      { name: "lib-modules", hostPath: { path: modules } },
    ],
    tolerations: [{ operator: "Exists" }],
    nodeSelector: { "kubernetes.io/os": "linux" },
  };
}

/** kube-proxy, if it is a unit. The liveness check is used, because kube-proxy is ready only once its node is registered. */
export function kubeProxyComponents(
  site: Site,
  node: SiteNode,
): ComponentRequest[] {
  if (!isKubeProxyUnit(site)) return [];
  const { healthzBindAddress, metricsBindAddress } =
    kubeProxyConfiguration(site);
  const health = hostPort(healthzBindAddress, site.ports.kubeProxyHealthz);
  const metrics = hostPort(metricsBindAddress, site.ports.kubeProxyMetrics);
  return [
    {
      name: "kube-proxy",
      unit: unitName("kube-proxy"),
      health: {
        scheme: "http",
        host: probeHost(health.host) || node.loopback.host,
        port: health.port,
        path: "/livez",
      },
      ports: [health.port, metrics.port],
      timeout: startupTimeout(site),
    },
  ];
}

/** Reads `host:port`; a missing host is empty, and a missing port is the default. */
function hostPort(
  given: unknown,
  port: number,
): { host: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(
    typeof given === "string" ? given : "",
  );
  return {
    host: match?.[1] ?? match?.[2] ?? "",
    port: Number(match?.[3] ?? port),
  };
}
