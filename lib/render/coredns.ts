import { clusterDns } from "../catalog/kubelet";
import {
  COREDNS_PORTS,
  coreDnsImage,
  corefile,
  type Directive,
} from "../catalog/coredns";
import { GIVEN_COREFILE } from "../catalog/edited-configuration";
import { CONTROL_PLANE_TAINT } from "../catalog/object-groups";
import type { Site } from "../catalog/site";
import type { KubernetesObject } from "./kubernetes-object";
import { rbac } from "./rbac";
import { accountObject } from "./service-account";

const SELECTOR = { "k8s-app": "kube-dns" };
const COREFILE = "Corefile";

/**
 * The cluster's DNS.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/addons/dns/manifests.go
 */
export function coreDns(site: Site): KubernetesObject[] {
  const { corefile: given } = site.dns;
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        ...(given !== undefined && {
          annotations: { [GIVEN_COREFILE]: "from the program" },
        }),
        name: "coredns",
        namespace: "kube-system",
      },
      data: {
        [COREFILE]: given ?? `${lines(corefile(site), "    ").join("\n")}\n`,
      },
    },
    ...rbac("coredns"),
    accountObject({ name: "coredns", namespace: "kube-system" }),
    deployment(site),
    service(site),
  ];
}

/** The lines of a Corefile. As in kubeadm, a server's directives are indented by four blanks, and nested ones by three. */
function lines(directive: Directive, indent: string): string[] {
  if (typeof directive === "string") return [directive];
  const inner = directive.body.flatMap((each) => lines(each, "   "));
  return [`${directive.head} {`, ...inner.map((line) => indent + line), "}"];
}

function deployment(site: Site): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "coredns", namespace: "kube-system", labels: SELECTOR },
    spec: {
      replicas: 2,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: SELECTOR },
      template: { metadata: { labels: SELECTOR }, spec: podSpec(site) },
    },
  };
}

function podSpec(site: Site): object {
  return {
    priorityClassName: "system-cluster-critical",
    serviceAccountName: "coredns",
    affinity: { podAntiAffinity: PREFER_OTHER_HOSTS },
    tolerations: [
      { key: "CriticalAddonsOnly", operator: "Exists" },
      CONTROL_PLANE_TAINT,
    ],
    nodeSelector: { "kubernetes.io/os": "linux" },
    containers: [
      {
        name: "coredns",
        image: coreDnsImage(site),
        imagePullPolicy: "IfNotPresent",
        resources: {
          limits: { memory: "170Mi" },
          requests: { cpu: "100m", memory: "70Mi" },
        },
        args: ["-conf", `/etc/coredns/${COREFILE}`],
        volumeMounts: [
          { name: "config-volume", mountPath: "/etc/coredns", readOnly: true },
        ],
        ...ports(site),
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      },
    ],
    dnsPolicy: "Default",
    volumes: [
      {
        name: "config-volume",
        configMap: {
          name: "coredns",
          items: [{ key: COREFILE, path: COREFILE }],
        },
      },
    ],
  };
}

const PREFER_OTHER_HOSTS = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: {
        labelSelector: {
          matchExpressions: [
            { key: "k8s-app", operator: "In", values: ["kube-dns"] },
          ],
        },
        topologyKey: "kubernetes.io/hostname",
      },
    },
  ],
};

/** The ports of the container, and the probes that use two of them. */
function ports(site: Site): object {
  const named = site.version.namedProbePorts;
  const probePort = (
    name: "liveness-probe" | "readiness-probe",
  ): string | number => (named ? name : COREDNS_PORTS[name].port);
  return {
    ports: Object.entries(COREDNS_PORTS)
      .filter(([name]) => named || !name.endsWith("-probe"))
      .map(([name, { port, protocol }]) => ({
        containerPort: port,
        name,
        protocol,
      })),
    livenessProbe: {
      httpGet: {
        path: "/health",
        port: probePort("liveness-probe"),
        scheme: "HTTP",
      },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: {
      httpGet: {
        path: "/ready",
        port: probePort("readiness-probe"),
        scheme: "HTTP",
      },
    },
  };
}

function service(site: Site): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kube-dns",
      namespace: "kube-system",
      labels: {
        ...SELECTOR,
        "kubernetes.io/cluster-service": "true",
        "kubernetes.io/name": "CoreDNS",
      },
      annotations: {
        "prometheus.io/port": "9153",
        "prometheus.io/scrape": "true",
      },
    },
    spec: {
      clusterIP: clusterDns(site),
      ports: (["dns", "dns-tcp", "metrics"] as const).map((name) => ({
        name,
        ...COREDNS_PORTS[name],
        targetPort: COREDNS_PORTS[name].port,
      })),
      selector: SELECTOR,
    },
  };
}
