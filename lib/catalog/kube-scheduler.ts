import {
  type ComponentRow,
  file,
  kubernetesImage,
  lastValue,
  probeHost,
  securePort,
} from "./component";
import { frozen } from "./frozen";
import { kubeconfigPath } from "./kubeconfigs";

/**
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/controlplane/manifests.go
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
 */
export const KUBE_SCHEDULER: ComponentRow = frozen<ComponentRow>({
  id: "kube-scheduler",
  purpose: "chooses a node for each pod",
  image: (site) => kubernetesImage(site, "kube-scheduler"),
  port: (site) => site.ports.kubeScheduler,
  arguments: (site) => {
    const kubeconfig = kubeconfigPath(site, "scheduler");
    return {
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": "127.0.0.1",
      kubeconfig,
      "leader-elect": "true",
      ...(site.version.insecurePorts ? { port: "0" } : {}),
      ...securePort(site, "kubeScheduler"),
    };
  },
  options: (site) => site.scheduler,
  probes: (site) => ({
    host: probeHost(
      lastValue(site.scheduler.extraArgs, "bind-address") ?? "127.0.0.1",
    ),
    scheme: "HTTPS",
    liveness: site.version.schedulerHealth,
    readiness:
      site.version.schedulerHealth === "/livez" ? "/readyz" : undefined,
    startup: site.version.schedulerHealth,
  }),
  requests: () => ({ cpu: "100m" }),
  volumes: (site) => [file("kubeconfig", kubeconfigPath(site, "scheduler"))],
  needed: (site) => site.scheduler.enabled,
});
