import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import { argumentList } from "../../catalog/arguments";
import {
  type ComponentRow,
  componentsOf,
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
} from "../../catalog/components";
import { isDedicated, etcdRelease } from "../../catalog/etcd";
import { etcdAdvice, imageTagOf } from "../../catalog/etcd-advisories";
import { MANIFESTS_DIR } from "../../catalog/paths";
import type { Site, SiteNode } from "../../catalog/site";
import { etcdRuntime } from "../../catalog/units";
import { labelsByHand, registersAlone } from "../../render/registration";
import { hasToken } from "../../terraform/expression";
import { show, USE_TOKEN } from "../errors";
import { withoutSlash } from "../hosts";
import type { ClusterProps } from "./cluster-props";
import { type FlagSet, flagSets } from "./flags";

export function addWarnings(
  scope: IConstruct,
  warnings: readonly string[],
): void {
  for (const warning of warnings) Annotations.of(scope).addWarning(warning);
}

/** Warnings about props that are allowed, but probably a mistake. */
export const warningsOf = (site: Site, props: ClusterProps): string[] => [
  ...etcdAdvisoryTexts(site),
  ...memberWarnings(site, props),
  ...kubeletWarnings(site),
  ...flagSets(site).flatMap(expressionWarnings),
  ...variableWarnings(site),
  ...overridingFlags(site),
];

/** The advisories that affect the etcd of the cluster, with the release that has the fix. */
function etcdAdvisoryTexts(site: Site): string[] {
  const runtime = etcdRuntime(site).kind;
  // The etcd of a local control plane is the user's own program, whose version is known only when it runs.
  if (site.etcd.kind === "external" || runtime === "processes") return [];
  const release = etcdRelease(site);
  const advice = release === undefined ? undefined : etcdAdvice(release);
  if (advice === undefined) return [];
  const { advisories, recommended } = advice;
  const ids = advisories.map(({ source }) => source).join(", ");
  const remedy =
    runtime === "systemd"
      ? `bring the binary of etcd ${recommended} or a later 3.${recommended.split(".")[1]}`
      : `check that your registry has the tag, and write etcd: Etcd.stacked({ image: { tag: "${imageTagOf(recommended)}" } })`;
  return [
    `etcd ${release} has a known vulnerability (${ids}), fixed in ${recommended}: ${remedy}.`,
  ];
}

function memberWarnings(site: Site, { nodes, etcd }: ClusterProps): string[] {
  const machines = isDedicated(site) ? (etcd?.machines ?? []) : nodes;
  const remaining = machines.filter(({ retire }) => !retire).length;
  const members = site.etcd.kind === "local" ? remaining : 1;
  if (members % 2 === 1) return [];
  return [
    `${members} etcd members tolerate the loss of no more members than ${members - 1} do, ` +
      "so an even number only adds one more that can fail. " +
      `Use 1, 3 or 5 ${isDedicated(site) ? "nodes of etcd" : "control-plane nodes"}.`,
  ];
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

export const expressionWarnings = ({ where, args }: FlagSet): string[] =>
  argumentList(args).flatMap(([flag, value]) =>
    expressionWarning(`${where} has --${flag}`, value),
  );

const variableWarnings = (site: Site): string[] =>
  componentsOf(site).flatMap((row) =>
    row
      .options(site)
      .extraEnvs.flatMap(({ name, value = "" }) =>
        expressionWarning(`${row.prop}.extraEnvs has ${name}`, value),
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

const ISSUER = "service-account-issuer";

/** The flags that correspond to a prop, so that both could be set. */
const FLAGS_OF_PROPS: readonly (readonly [
  ComponentRow,
  Readonly<Record<string, string>>,
])[] = [
  [
    KUBE_APISERVER,
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
      [ISSUER]: "dnsDomain",
    },
  ],
  [
    KUBE_CONTROLLER_MANAGER,
    {
      "cluster-cidr": "podSubnet",
      "service-cluster-ip-range": "serviceSubnet",
      "cluster-name": "clusterName",
    },
  ],
  [
    ETCD,
    {
      "data-dir": "etcd.dataDir",
      name: "the name of its node",
      "initial-cluster": "nodes",
    },
  ],
];

function overridingFlags(site: Site): string[] {
  const { runtime, apiServer } = site;
  // Two issuers are how the issuer is changed: the API server trusts both, and the first signs. A local control plane
  // has no other way to set the issuer, and no pod there relies on it.
  const keepsIssuer =
    runtime.kind !== "processes" && !Array.isArray(apiServer.extraArgs[ISSUER]);
  return FLAGS_OF_PROPS.flatMap(([row, props]) =>
    componentsOf(site).includes(row)
      ? Object.keys(row.options(site).extraArgs)
          .filter((flag) => Object.hasOwn(props, flag))
          .filter((flag) => flag !== ISSUER || keepsIssuer)
          .map(
            (flag) =>
              `${row.prop}.extraArgs has "${flag}", which overrides ${props[flag]}. The flag takes effect, as with kubeadm; set the prop instead.`,
          )
      : [],
  );
}

/** Warnings about labels that nobody gives to workers without a host, with the command that does. */
export const labelWarnings = (
  site: Site,
  nodes: readonly SiteNode[],
): string[] =>
  nodes
    .filter((node) => registersAlone(site, node))
    .flatMap((node) => {
      const labels = labelsByHand(node);
      if (labels.length === 0) return [];
      const keys = labels.map(([key]) => key).join(", ");
      const shown = labels.map(
        ([key, value]) => `${key}=${hasToken(value) ? "…" : value}`,
      );
      return [
        `${node.name} has NodeAccess.directory(), and Kubernetes does not let its kubelet set the labels ${keys}. ` +
          `When it has joined, run: kubectl label node ${node.name} ${shown.join(" ")}`,
      ];
    });
