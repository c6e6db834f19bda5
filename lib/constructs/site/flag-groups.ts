import type { ComponentRow } from "../../catalog/components";
import { etcdNodes } from "../../catalog/etcd";
import type { ExtraArgs, Site } from "../../catalog/site";
import type { ClusterProps } from "./cluster-props";
import { COMPONENT_PROPS, componentsOf } from "./cluster-components";

/** The flags of a component that are the same on all nodes, and the prop that sets them. */
export interface FlagGroup {
  readonly prop: string;
  readonly row: ComponentRow;
  /** The flags without the user's. The site must be valid. */
  readonly defaults: () => Readonly<Record<string, string>>;
  readonly extraArgs: ExtraArgs;
  readonly addArgs: ExtraArgs;
}

export function flagGroups(site: Site, props: ClusterProps): FlagGroup[] {
  const added = addedArgs(props);
  return componentsOf(site).map((row) => {
    const [node] = row.id === "etcd" ? etcdNodes(site) : site.nodes;
    return {
      prop: COMPONENT_PROPS[row.id],
      row,
      defaults: () => row.arguments(site, node),
      extraArgs: row.options(site).extraArgs,
      addArgs: added[row.id] ?? {},
    };
  });
}

/** The `addArgs` of the user, by component. */
export function addedArgs({
  apiServer,
  controllerManager,
  scheduler,
  etcd,
}: ClusterProps): Readonly<Record<ComponentRow["id"], ExtraArgs | undefined>> {
  const options = etcd?.options;
  return {
    etcd: options?.kind === "external" ? undefined : options?.addArgs,
    "kube-apiserver": apiServer?.addArgs,
    "kube-controller-manager": controllerManager?.addArgs,
    "kube-scheduler": scheduler?.addArgs,
  };
}
