import { Construct } from "constructs";
import { endpointOn, endpointPaths, hasSecret } from "../../catalog/endpoint";
import type { Address, Site, SiteNode } from "../../catalog/site";
import { endpointFiles } from "../../render/endpoint";
import { plainAddress } from "../../terraform/quoted-template";
import { textTemplate } from "../../terraform/template";
import { MODES } from "../files";
import type { NodeTree } from "./node-tree";
import { VrrpSecret } from "./vrrp-secret";

/** Adds the files of the endpoint to a node. A fixed endpoint has none. */
export function addEndpoint(
  scope: Construct,
  tree: NodeTree,
  site: Site,
  node: SiteNode,
): void {
  const endpoint = endpointOn(site, node);
  if (!endpoint) return;
  const part = new Construct(scope, "endpoint");
  for (const { id, text, ...file } of endpointFiles(
    withPlainAddresses(site),
    withPlainAddress(node),
  ))
    tree.text(part, id, { ...file, text: textTemplate(text) });
  if (endpoint.kind !== "virtual-ip") return;
  const secret = VrrpSecret.of(tree.store, endpoint);
  if (hasSecret(node))
    tree.copy(
      secret.artefact,
      secret.node.id,
      [{ path: endpointPaths(site).secret, mode: MODES.private }],
      secret.purpose,
    );
}

/** Endpoint files contain addresses without quotes, so an address that is known only at apply is validated then. */
function withPlainAddresses(site: Site): Site {
  const { endpoint, nodes } = site;
  return {
    ...site,
    ...(endpoint && { endpoint: { ...endpoint, ...plainHost(endpoint) } }),
    nodes: nodes.map(withPlainAddress),
  };
}

const withPlainAddress = (node: SiteNode): SiteNode => ({
  ...node,
  address: plainHost(node.address),
});

const plainHost = ({ host, urlHost }: Address): Address => ({
  host: plainAddress(host),
  urlHost: plainAddress(urlHost),
});
