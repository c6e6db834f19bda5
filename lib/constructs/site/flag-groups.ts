import { COMPONENTS, type ComponentRow } from "../../catalog/components";
import { etcdNodes } from "../../catalog/etcd";
import type { ExtraArgs, Site } from "../../catalog/site";
import type { ClusterProps } from "./cluster-props";

/** The flags of a component that are alike on all nodes, and the prop that they are given in. */
export interface FlagGroup {
  readonly prop: string;
  readonly row: ComponentRow;
  /** The flags without the user's, of a valid site. */
  readonly defaults: () => Readonly<Record<string, string>>;
  readonly extraArgs: ExtraArgs;
  readonly addArgs: ExtraArgs;
}

/** Where the flags and more of a component are given. */
export const PROPS_OF_COMPONENTS: Readonly<Record<ComponentRow["id"], string>> =
  {
    etcd: "etcd",
    "kube-apiserver": "apiServer",
    "kube-controller-manager": "controllerManager",
    "kube-scheduler": "scheduler",
  };

export function flagGroups(site: Site, props: ClusterProps): FlagGroup[] {
  const added = addedArgs(props);
  return COMPONENTS.filter(({ id }) => id !== "etcd" || hasOwnEtcd(site)).map(
    (row) => {
      const [node] = row.id === "etcd" ? etcdNodes(site) : site.nodes;
      return {
        prop: PROPS_OF_COMPONENTS[row.id],
        row,
        defaults: () => row.arguments(site, node),
        extraArgs: row.options(site).extraArgs,
        addArgs: added[row.id] ?? {},
      };
    },
  );
}

/** What is added to lists, by component. */
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

const hasOwnEtcd = ({ etcd }: Site): boolean => etcd.kind === "local";
