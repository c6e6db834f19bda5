import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import type { Site, SiteNode } from "../../catalog/site";
import { labelsByHand, registersAlone } from "../../render/registration";
import { hasToken } from "../../terraform/expression";

/** Warns of labels that nobody gives to workers without a host, with the command that does. */
export function warnOfLabels(
  construct: Construct,
  site: Site,
  nodes: readonly SiteNode[],
): void {
  for (const node of nodes.filter((each) => registersAlone(site, each))) {
    const labels = labelsByHand(node);
    if (labels.length === 0) continue;
    const shown = labels.map(
      ([key, value]) => `${key}=${hasToken(value) ? "…" : value}`,
    );
    Annotations.of(construct).addWarning(
      `${node.name} has NodeAccess.directory(), and Kubernetes does not let its kubelet set the labels ${labels.map(([key]) => key).join(", ")}. ` +
        `When it has joined, run: kubectl label node ${node.name} ${shown.join(" ")}`,
    );
  }
}
