import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import { show, USE_TOKEN } from "../errors";
import { withoutSlash } from "../hosts";
import { MANIFESTS_DIR } from "../../catalog/paths";
import { isDedicated } from "../../catalog/etcd";
import type { ExtraArgs, Site } from "../../catalog/site";
import { COMPONENT_PROPS, componentsOf } from "./cluster-components";
import type { ClusterProps } from "./cluster-props";
import { type FlagSet, flagSets } from "./flag-validation";

export function addWarnings(
  scope: IConstruct,
  warnings: readonly string[],
): void {
  for (const warning of warnings) Annotations.of(scope).addWarning(warning);
}

/** Warnings about props that are allowed, but probably a mistake. */
export function warningsOf(site: Site, props: ClusterProps): string[] {
  const { nodes, etcd } = props;
  const warnings: string[] = [];
  const machines = isDedicated(site) ? (etcd?.machines ?? []) : nodes;
  const remaining = machines.filter(({ retire }) => !retire).length;
  const members = site.etcd.kind === "local" ? remaining : 1;
  if (members % 2 === 0) {
    warnings.push(
      `${members} etcd members tolerate the loss of no more members than ${members - 1} do, ` +
        "so an even number only adds one more that can fail. " +
        `Use 1, 3 or 5 ${isDedicated(site) ? "nodes of etcd" : "control-plane nodes"}.`,
    );
  }
  warnings.push(
    ...kubeletWarnings(site),
    ...flagSets(site, props).flatMap(flagWarnings),
    ...variableWarnings(site),
  );
  for (const [group, args, props] of flagsOfProps(site)) {
    for (const flag of Object.keys(args).filter((name) =>
      Object.hasOwn(props, name),
    )) {
      // Two issuers are how the issuer is changed: the API server trusts both, and the first signs.
      if (flag === "service-account-issuer" && Array.isArray(args[flag]))
        continue;
      warnings.push(
        `${group}.extraArgs has "${flag}", which overrides ${props[flag]}. The flag takes effect, as with kubeadm; set the prop instead.`,
      );
    }
  }
  return warnings;
}

/** A reference to a resource, a variable, a local value or data of Terraform's, written out as text. */
const REFERENCE = /\$\{[A-Za-z_][\w-]*(?:\.[\w-]+|\[[^\]]*\])+\}/;

/** A warning about a reference in a text, which reaches the component as it stands. */
const expressionWarning = (what: string, text: string): string[] =>
  REFERENCE.test(text.replace(TOKENS, ""))
    ? [
        `${what} with ${show(text)}. Text is data: the component gets it as it stands. ${USE_TOKEN}`,
      ]
    : [];

export const flagWarnings = ({ where, args }: FlagSet): string[] =>
  Object.entries(args).flatMap(([flag, values]) =>
    [values]
      .flat()
      .flatMap((value) => expressionWarning(`${where} has --${flag}`, value)),
  );

const variableWarnings = (site: Site): string[] =>
  componentsOf(site).flatMap((row) =>
    row
      .options(site)
      .extraEnvs.flatMap(({ name, value = "" }) =>
        expressionWarning(
          `${COMPONENT_PROPS[row.id]}.extraEnvs has ${name}`,
          value,
        ),
      ),
  );

const TOKENS = /\$\{TfToken\[[^\]]*\]\}/g;

/** Fields of the kubelet's configuration that take no effect, as with kubeadm. */
function kubeletWarnings({
  kubelet: { config },
  nodes,
  runtime,
}: Site): string[] {
  const { containerRuntimeEndpoint, rotateCertificates, staticPodPath } =
    config;
  const [{ criSocket }] = nodes;
  const isReplaced =
    typeof containerRuntimeEndpoint === "string" &&
    !nodes.every((node) => node.criSocket === containerRuntimeEndpoint);
  const isElsewhere =
    runtime.kind === "static-pods" &&
    typeof staticPodPath === "string" &&
    withoutSlash(staticPodPath) !== MANIFESTS_DIR;
  const warnings: readonly (readonly [boolean, string])[] = [
    [
      isReplaced,
      `kubelet.config.containerRuntimeEndpoint is replaced by each node's criSocket (${criSocket}), as with kubeadm. Set criSocket of the nodes (in a kubeadm file nodeRegistration.criSocket), and leave it out.`,
    ],
    [
      rotateCertificates === false,
      "kubelet.config.rotateCertificates is false and becomes true, as with kubeadm: without it, each kubelet's client certificate ends after a year. Leave it out.",
    ],
    [
      isElsewhere,
      `kubelet.config.staticPodPath is ${String(staticPodPath)}, but the components' manifests are in ${MANIFESTS_DIR}, as with kubeadm: a kubelet that looks elsewhere starts no API server. Leave it out.`,
    ],
  ];
  return warnings.flatMap(([applies, text]) => (applies ? [text] : []));
}

/** The flags that correspond to a prop, so that both could be set. */
function flagsOfProps(
  site: Site,
): [string, ExtraArgs, Readonly<Record<string, string>>][] {
  const groups: [string, ExtraArgs, Readonly<Record<string, string>>][] = [
    [
      "apiServer",
      site.apiServer.extraArgs,
      {
        "advertise-address": "the address of its node",
        "secure-port": "bindPort of its node",
        "service-cluster-ip-range": "serviceSubnet",
        "etcd-servers": "etcd",
        "etcd-cafile": "etcd",
        "etcd-certfile": "etcd",
        "etcd-keyfile": "etcd",
        "client-ca-file": "certificatesDir",
        "tls-cert-file": "certificatesDir",
        "tls-private-key-file": "certificatesDir",
        // A local control plane has no other way to set the issuer, and no pod there relies on it.
        ...(site.runtime.kind !== "processes" && {
          "service-account-issuer": "dnsDomain",
        }),
      },
    ],
    [
      "controllerManager",
      site.controllerManager.extraArgs,
      {
        "cluster-cidr": "podSubnet",
        "service-cluster-ip-range": "serviceSubnet",
        "cluster-name": "clusterName",
      },
    ],
  ];
  if (site.etcd.kind === "local") {
    groups.push([
      "etcd",
      site.etcd.extraArgs,
      {
        "data-dir": "etcd.dataDir",
        name: "the name of its node",
        "initial-cluster": "nodes",
      },
    ]);
  }
  return groups;
}
