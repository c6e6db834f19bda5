import { frozen } from "./frozen";

/** The annotation of a configuration that was generated and not given by the user, as kubeadm writes it. */
export const GENERATED_HASH = "kubeadm.kubernetes.io/component-config.hash";

/** The annotation of a Corefile that the program gives. */
export const GIVEN_COREFILE = "cdktf-control-plane/corefile";

/** A generated configuration in a ConfigMap of kube-system that people may have edited there. */
export interface EditableConfiguration {
  /** The ConfigMap's name. */
  readonly name: string;
  readonly field: string;
  /** The prop with which a program gives its own. */
  readonly prop: string;
}

/**
 * An edit of these is kept, as kubeadm keeps it in an upgrade. Neither a plugin nor an option of CoreDNS was deprecated or
 * removed between 1.12, which comes with Kubernetes 1.33, and 1.14.6, which comes with 1.37, so an edited Corefile needs no
 * migration.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/addons/dns/dns.go
 * @see https://github.com/coredns/corefile-migration/blob/v1.0.36/migration/versions.go
 */
export const EDITABLE_CONFIGURATIONS: readonly EditableConfiguration[] = frozen(
  [
    { name: "coredns", field: "Corefile", prop: "dns.corefile" },
    { name: "kube-proxy", field: "config.conf", prop: "kubeProxy.config" },
    { name: "kubelet-config", field: "kubelet", prop: "kubelet.config" },
  ],
);
