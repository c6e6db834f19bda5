import type { Site } from "../../lib/catalog/site";
import { hostOf } from "../../lib/constructs/hosts";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";
import { siteOf as siteOfProps } from "../../lib/constructs/site/site";

/** The site that a kubeadm configuration describes, as the library reads it. */
export function siteOf(config: string): Site {
  const { props } = parseKubeadmConfig(config);
  return siteOfProps(props, { external: false });
}

/** A node that joins the site's first one. */
export function withNode(site: Site, name: string, address: string): Site {
  const [first] = site.nodes;
  return {
    ...site,
    nodes: [...site.nodes, { ...first, name, address: hostOf(address) }],
  };
}
