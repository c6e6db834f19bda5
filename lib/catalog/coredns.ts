import { frozen } from "./frozen";
import { DEFAULT_IMAGE_REPOSITORY } from "./paths";
import type { Site } from "./site";

/**
 * The image of CoreDNS. Kubernetes' own registry has it one folder deeper than mirrors have.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/images/images.go
 */
export function coreDnsImage(site: Site): string {
  const { image } = site.dns;
  const repository = image.repository ?? site.imageRepository;
  const folder =
    repository === DEFAULT_IMAGE_REPOSITORY
      ? `${repository}/coredns`
      : repository;
  return `${folder}/coredns:${image.tag ?? site.version.coreDnsImageTag}`;
}

/** A directive of a Corefile, with the directives inside it. */
export type Directive =
  string | { readonly head: string; readonly body: readonly Directive[] };

const block = (head: string, ...body: Directive[]): Directive => ({
  head,
  body,
});

/**
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/addons/dns/manifests.go
 * @see https://coredns.io/manual/toc/#configuration
 */
export function corefile(site: Site): Directive {
  const reverse = "in-addr.arpa ip6.arpa";
  return block(
    ".:53",
    "errors",
    block("health", "lameduck 5s"),
    "ready",
    block(
      `kubernetes ${site.dnsDomain} ${reverse}`,
      "pods insecure",
      `fallthrough ${reverse}`,
      "ttl 30",
    ),
    "prometheus :9153",
    block("forward . /etc/resolv.conf", "max_concurrent 1000"),
    block(
      "cache 30",
      `disable success ${site.dnsDomain}`,
      `disable denial ${site.dnsDomain}`,
    ),
    "loop",
    "reload",
    "loadbalance",
  );
}

/** The ports of CoreDNS's pods and service, by name. */
export const COREDNS_PORTS = frozen({
  dns: { port: 53, protocol: "UDP" },
  "dns-tcp": { port: 53, protocol: "TCP" },
  metrics: { port: 9153, protocol: "TCP" },
  "liveness-probe": { port: 8080, protocol: "TCP" },
  "readiness-probe": { port: 8181, protocol: "TCP" },
});
