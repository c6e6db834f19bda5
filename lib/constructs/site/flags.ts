import { valuesOf } from "../../catalog/arguments";
import type { ComponentId } from "../../catalog/component-id";
import {
  type ComponentRow,
  componentsOf,
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
  KUBE_SCHEDULER,
} from "../../catalog/components";
import { etcdNodes } from "../../catalog/etcd";
import { etcdVariables } from "../../catalog/etcd-flags";
import { fieldsOf } from "../../catalog/flags/kubelet";
import { addPolicies } from "../../catalog/flags/policies";
import type { AddPolicy } from "../../catalog/flags/policy";
import { kubeletDefaults } from "../../catalog/kubelet";
import type {
  ComponentOptions,
  ExtraArgs,
  Site,
  SiteNode,
} from "../../catalog/site";
import { isListToken } from "../../terraform/tokens";
import { notAddable } from "./flag-errors";

/** Flags of a component as one prop has them. */
export interface FlagSet {
  /** The prop, such as `apiServer.extraArgs` or `kubeletExtraArgs of node cp-1`. */
  readonly where: string;
  readonly component: ComponentId;
  readonly args: ExtraArgs;
}

/** The flags that the user gives, one set for each prop. They are checked as they were given. */
export function flagSets(site: Site): FlagSet[] {
  const { etcd, kubelet, nodes } = site;
  // With an etcd version of the user's choice, other flags may be allowed.
  const isOther = etcd.kind === "local" && etcd.image.tag;
  return [
    ...componentsOf(site).flatMap((row) => {
      if (row.id === "etcd" && isOther) return [];
      const { prop, id: component } = row;
      const { extraArgs, addArgs } = row.options(site);
      return [
        { where: `${prop}.extraArgs`, component, args: extraArgs },
        { where: `${prop}.addArgs`, component, args: addArgs },
      ];
    }),
    kubeletFlagSet("kubelet.extraArgs", kubelet.extraArgs),
    ...nodes.map(nodeFlagSet),
  ];
}

export const kubeletFlagSet = (where: string, args: ExtraArgs): FlagSet => ({
  where,
  component: "kubelet",
  args,
});

export const nodeFlagSet = ({ name, kubeletExtraArgs }: SiteNode): FlagSet =>
  kubeletFlagSet(`kubeletExtraArgs of node ${name}`, kubeletExtraArgs);

/** The flags with which a component runs, and the part of them that one prop gives it. */
export interface FlagGroup {
  readonly component: ComponentId;
  /** The prop, such as `apiServer` or `kubeletExtraArgs of node cp-1`. */
  readonly prop: string;
  /** What the prop gives it. */
  readonly given: ExtraArgs;
  readonly defaults: ExtraArgs;
  /** The defaults, replaced by flags of more general props, replaced by those of this prop. */
  readonly effective: ExtraArgs;
}

/** The flags of the components, one group for each prop of the user's. The site must be valid. */
export const flagGroups = (site: Site): FlagGroup[] => [
  ...componentsOf(site).map((row): FlagGroup => {
    const { extraArgs, extraEnvs } = row.options(site);
    const variables = row.id === "etcd" && etcdVariables(extraEnvs);
    const given = { ...variables, ...extraArgs };
    const defaults = defaultsOf(row, site);
    const effective = { ...defaults, ...given };
    return { component: row.id, prop: row.prop, given, defaults, effective };
  }),
  kubeletGroup(site, "kubelet", settingsOf(site.kubelet)),
  ...nodeGroups(site, site.nodes),
];

/** The flags that the user gives the kubelets of a worker pool, whose site has those of the cluster, too. */
export const poolFlagGroups = (
  cluster: Site,
  pool: Site,
  kubelet: Partial<Site["kubelet"]>,
  nodes: readonly SiteNode[],
): FlagGroup[] => [
  kubeletGroup(
    pool,
    "kubelet of the pool",
    settingsOf(kubelet),
    settingsOf(cluster.kubelet),
  ),
  ...nodeGroups(pool, nodes),
];

const nodeGroups = (site: Site, nodes: readonly SiteNode[]): FlagGroup[] =>
  nodes.map((node) => {
    const { where, args } = nodeFlagSet(node);
    return kubeletGroup(site, where, args, settingsOf(site.kubelet));
  });

function kubeletGroup(
  site: Site,
  prop: string,
  given: ExtraArgs,
  general: ExtraArgs = {},
): FlagGroup {
  const defaults = fieldsOf(kubeletDefaults(site));
  const effective = { ...defaults, ...general, ...given };
  return { component: "kubelet", prop, given, defaults, effective };
}

/** The flags of kubelets, and the fields of their configuration as flags. */
const settingsOf = ({
  config = {},
  extraArgs,
}: Partial<Site["kubelet"]>): ExtraArgs => ({
  ...fieldsOf(config),
  ...extraArgs,
});

/** The default flags of a component, as on its first node. */
export function defaultsOf(
  row: ComponentRow,
  site: Site,
): Readonly<Record<string, string>> {
  const [node] = row.id === "etcd" ? etcdNodes(site) : site.nodes;
  return row.arguments(site, node);
}

/** Returns the site with the user's `addArgs` merged into the flags. The site must be valid. */
export const withAddedArgs = (site: Site): Site =>
  withOptions(site, (row) => ({ extraArgs: mergedArgs(row, site) }));

/** Returns the site with other options for its components. */
export function withOptions(
  site: Site,
  optionsOf: (
    row: ComponentRow,
    options: ComponentOptions,
  ) => Partial<ComponentOptions>,
): Site {
  const { etcd, apiServer, controllerManager, scheduler } = site;
  const changed = <T extends object>(row: ComponentRow, options: T): T => ({
    ...options,
    ...optionsOf(row, row.options(site)),
  });
  return {
    ...site,
    etcd: etcd.kind === "local" ? changed(ETCD, etcd) : etcd,
    apiServer: changed(KUBE_APISERVER, apiServer),
    controllerManager: changed(KUBE_CONTROLLER_MANAGER, controllerManager),
    scheduler: changed(KUBE_SCHEDULER, scheduler),
  };
}

function mergedArgs(row: ComponentRow, site: Site): ExtraArgs {
  const { extraArgs, addArgs } = row.options(site);
  const policies = addPolicies(row.id);
  const known = policies.map(({ flag }) => flag);
  const lists = Object.keys(addArgs).map((flag) => {
    const policy = policies.find((each) => each.flag === flag);
    if (!policy) throw notAddable(`${row.prop}.addArgs`, flag, row.id, known);
    const current = flag in extraArgs ? extraArgs : defaultsOf(row, site);
    const values = [current, addArgs].flatMap((args) => valuesOf(args, flag));
    return [flag, joined(policy, values)];
  });
  return { ...extraArgs, ...Object.fromEntries(lists) };
}

/** Joins the values of a list, without duplicates. */
function joined(
  { values }: AddPolicy,
  all: readonly string[],
): ExtraArgs[string] {
  if (values === "repeated" || all.some(isListToken)) return [...new Set(all)];
  const words = all.flatMap((value) => value.split(","));
  return [...new Set(words.map((word) => word.trim()))].join(",");
}
