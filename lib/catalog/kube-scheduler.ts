import {
  clientArguments,
  type ComponentRow,
  file,
  kubernetesImage,
  loopbackProbe,
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
  prop: "scheduler",
  image: (site) => kubernetesImage(site, "kube-scheduler"),
  port: (site) => site.ports.kubeScheduler,
  arguments: (site) =>
    clientArguments(site, "kubeScheduler", kubeconfigPath(site, "scheduler")),
  options: (site) => site.scheduler,
  probes: (site) => ({
    host: loopbackProbe(site.scheduler),
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
