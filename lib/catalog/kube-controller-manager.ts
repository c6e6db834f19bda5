import { lastValue } from "./arguments";
import {
  caVolumes,
  clientArguments,
  type ComponentRow,
  directory,
  file,
  kubernetesImage,
  loopbackProbe,
} from "./component";
import { frozen } from "./frozen";
import { kubeconfigPath } from "./kubeconfigs";
import { certificatePath } from "./paths";

const FLEX_VOLUMES = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec";

/**
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/controlplane/manifests.go
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
export const KUBE_CONTROLLER_MANAGER: ComponentRow = frozen<ComponentRow>({
  id: "kube-controller-manager",
  purpose: "runs the controllers of Kubernetes",
  prop: "controllerManager",
  image: (site) => kubernetesImage(site, "kube-controller-manager"),
  port: (site) => site.ports.kubeControllerManager,
  arguments: (site) => {
    const pki = (path: string): string => certificatePath(site, path);
    const kubeconfig = kubeconfigPath(site, "controller-manager");
    // With an external CA there is no key. Then an empty path prevents the signing controller from starting.
    const signing = (path: string): string =>
      site.externalCertificateAuthority ? "" : pki(path);
    return {
      ...(site.podSubnets.length > 0
        ? {
            "allocate-node-cidrs": "true",
            "cluster-cidr": site.podSubnets.join(","),
            "service-cluster-ip-range": site.serviceSubnets.join(","),
          }
        : {}),
      ...clientArguments(site, "kubeControllerManager", kubeconfig),
      "client-ca-file": pki("ca.crt"),
      "cluster-name": site.clusterName,
      // This flag accepts only a file with a single certificate.
      "cluster-signing-cert-file": signing(
        site.certificateAuthorityFiles.signing,
      ),
      "cluster-signing-key-file": signing("ca.key"),
      controllers: "*,bootstrapsigner,tokencleaner",
      "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
      "root-ca-file": pki("ca.crt"),
      "service-account-private-key-file": pki("sa.key"),
      "use-service-account-credentials": "true",
    };
  },
  options: (site) => site.controllerManager,
  probes: (site) => ({
    host: loopbackProbe(site.controllerManager),
    scheme: "HTTPS",
    liveness: "/healthz",
    startup: "/healthz",
  }),
  needed: (site) => site.controllerManager.enabled,
  requests: () => ({ cpu: "200m" }),
  volumes: (site) => [
    ...caVolumes(site),
    ...(site.version.flexVolume
      ? [
          directory(
            "flexvolume-dir",
            lastValue(
              site.controllerManager.extraArgs,
              "flex-volume-plugin-dir",
            ) ?? FLEX_VOLUMES,
            false,
          ),
        ]
      : []),
    directory("k8s-certs", site.certificatesDir),
    file("kubeconfig", kubeconfigPath(site, "controller-manager")),
  ],
});
