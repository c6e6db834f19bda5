import type { Site } from "../../lib/catalog/site";
import { addressOf } from "../../lib/constructs/hosts";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";
import { siteOf as siteOfProps } from "../../lib/constructs/site/site";

/** The site that the library makes from a kubeadm configuration. */
export function siteOf(config: string): Site {
  const { props } = parseKubeadmConfig(config);
  return siteOfProps(props, { external: false });
}

/** Adds a node like the site's first one. */
export function withNode(site: Site, name: string, address: string): Site {
  const [first] = site.nodes;
  return {
    ...site,
    nodes: [...site.nodes, { ...first, name, address: addressOf(address) }],
  };
}
