import { isIP } from "node:net";
import { specialUse, urlHost } from "../../catalog/addresses";
import type { BootstrapTokenProps, ClusterProps } from "../site/cluster-props";
import { Duration } from "../duration";
import {
  Etcd,
  type ExternalEtcdProps,
  type StackedEtcdProps,
} from "../site/etcd";
import { VERSIONS } from "../../catalog/versions";
import { unknownKeyAlgorithm } from "../errors";
import { KeyAlgorithm } from "../pki/key-algorithm";
import { checked } from "../data";
import { wrongType } from "../data-errors";
import { readDocuments, type Documents } from "./documents";
import { draftOf, type Draft } from "./draft";
import * as errors from "./errors";
import { featureGatesOf } from "../../catalog/feature-gates";
import { MINORS, type ConfigKind } from "../../catalog/config/fields";
import type { NodeProps } from "../site/node-props";

export interface KubeadmConfig {
  /** The props that the text describes. `nodes` contains the node of the text, or nothing if it describes none. */
  readonly props: ClusterProps;
  /** Warnings for the user about fields that have no meaning here, and about tokens that were not copied. */
  readonly warnings: readonly string[];
}

/** The props that are numbers of hours in a draft, and durations in the props. */
type DurationName =
  "certificateValidity" | "caCertificateValidity" | "startupTimeout";

/** The values of a draft, as the rows of the table fill them. */
type DraftValues = Omit<
  ClusterProps,
  "nodes" | "endpoint" | "etcd" | "keyAlgorithm" | DurationName
> & {
  readonly endpoint?: string;
  readonly node?: Partial<NodeProps>;
  readonly etcd?: {
    readonly local?: StackedEtcdProps;
    readonly external?: Partial<ExternalEtcdProps>;
  };
  readonly keyAlgorithm?: string;
} & Readonly<Partial<Record<DurationName, number>>>;

/**
 * Reads the documents that `kubeadm init --config` accepts. Every field is used, named in a warning, or refused with an
 * error.
 * @param text YAML or JSON.
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export function parseKubeadmConfig(text: string): KubeadmConfig {
  const documents = readDocuments(text);
  const minor = minorOf(documents);
  const shaped: Documents = Object.fromEntries(
    Object.entries(documents).map(([kind, fields]) => [
      kind,
      checked(
        kind as ConfigKind,
        fields,
        minor,
        `kubeadm configuration: ${kind}`,
      ),
    ]),
  );
  const draft = draftOf(shaped);
  return {
    props: assemble(draft.values as unknown as DraftValues, minor),
    warnings: warnings(draft),
  };
}

/**
 * The version decides which fields exist. An unsupported version is refused later, by an error that lists the supported
 * ones.
 */
function minorOf(documents: Documents): number {
  const given = documents.ClusterConfiguration?.kubernetesVersion ?? undefined;
  if (given !== undefined && typeof given !== "string") {
    throw wrongType(
      "kubeadm configuration: ClusterConfiguration.kubernetesVersion",
      `a ${typeof given}`,
      "a string",
    );
  }
  const [, minor] = /^v?\d+\.(\d+)\.\d+(?:[-+].*)?$/.exec(given ?? "") ?? [];
  if (!given || minor === undefined)
    throw errors.unresolvedVersion(given || undefined);
  return Math.min(
    Math.max(Number(minor), MINORS[0]),
    MINORS[MINORS.length - 1],
  );
}

function assemble(values: DraftValues, minor: number): ClusterProps {
  const {
    node,
    etcd,
    keyAlgorithm,
    certificateValidity,
    caCertificateValidity,
    startupTimeout,
    ...rest
  } = values;
  return {
    ...rest,
    nodes: node ? [nodeOf(node)] : [],
    ...given(rest.endpoint, (endpoint) => ({
      endpoint: withPort(endpoint, node?.bindPort ?? 6443),
    })),
    ...given(algorithmOf(keyAlgorithm, values.featureGates, minor), (name) => ({
      keyAlgorithm: keyAlgorithmOf(name, minor),
    })),
    ...given(certificateValidity, (hours) => ({
      certificateValidity: Duration.hours(hours),
    })),
    ...given(caCertificateValidity, (hours) => ({
      caCertificateValidity: Duration.hours(hours),
    })),
    ...given(startupTimeout, (hours) => ({
      startupTimeout: Duration.hours(hours),
    })),
    ...given(etcd, (draft) => ({ etcd: etcdOf(draft) })),
    ...given(rest.bootstrapTokens, (tokens) => ({
      bootstrapTokens: tokensOf(tokens),
    })),
  };
}

/** Props that the text does not give get no key, so that they do not override defaults. */
function given<T, Part extends object>(
  value: T | undefined,
  part: (value: T) => Part,
): Part | undefined {
  return value === undefined ? undefined : part(value);
}

function nodeOf(node: Partial<NodeProps>): NodeProps {
  const { name, address } = node;
  if (!name) throw errors.missingNodeName();
  if (!address || isUnspecific(address)) throw errors.missingAddress(address);
  return { ...node, name, address };
}

/** Whether kubeadm would replace the address by one that it finds on its machine. */
const isUnspecific = (address: string): boolean =>
  ["unspecified", "loopback"].includes(specialUse(address) ?? "");

/** Adds the port of the node to an endpoint without a port, as kubeadm does. */
function withPort(endpoint: string, port: number): string {
  if (isIP(endpoint) === 6) return `${urlHost(endpoint)}:${port}`;
  return /:[^\]:]+$/.test(endpoint)
    ? endpoint
    : `${endpoint.replace(/:$/, "")}:${port}`;
}

function etcdOf({ local, external }: NonNullable<DraftValues["etcd"]>): Etcd {
  if (local && external)
    throw errors.mutuallyExclusive(
      "ClusterConfiguration.etcd",
      "local",
      "external",
    );
  return external
    ? Etcd.external({ ...external, endpoints: external.endpoints ?? [] })
    : Etcd.stacked(local);
}

/** An empty list means the default, as in kubeadm: one token. */
function tokensOf(
  tokens: readonly BootstrapTokenProps[],
): readonly BootstrapTokenProps[] | undefined {
  tokens.forEach((token, index) => {
    if (token.ttl === undefined || token.expires === undefined) return;
    throw errors.mutuallyExclusive(
      `InitConfiguration.bootstrapTokens[${index}]`,
      "ttl",
      "expires",
    );
  });
  return tokens.length > 0 ? tokens : undefined;
}

/** Of a cluster: fewer than a certificate may have. */
function keyAlgorithmOf(name: string, minor: number): KeyAlgorithm {
  const row = VERSIONS.find((each) => each.minor === minor);
  if (row && !row.encryptionAlgorithms.some((each) => each === name))
    throw unknownKeyAlgorithm(name, row.encryptionAlgorithms);
  return KeyAlgorithm.of(name);
}

/** If the feature gate PublicKeysECDSA is set, it overrides encryptionAlgorithm. */
function algorithmOf(
  given: string | undefined,
  gates: Readonly<Record<string, boolean>> = {},
  minor: number,
): string | undefined {
  const known = featureGatesOf(minor);
  const unknown = Object.keys(gates).find((gate) => !known.includes(gate));
  if (unknown !== undefined)
    throw errors.unknownFeatureGate(unknown, `1.${minor}`, known);
  if (gates.RootlessControlPlane) {
    throw errors.notSupported(
      "ClusterConfiguration.featureGates.RootlessControlPlane",
      "Remove it: kubeadm's authors deprecate it in favour of user namespaces.",
    );
  }
  if (gates.PublicKeysECDSA === undefined) return given;
  return gates.PublicKeysECDSA ? "ECDSA-P256" : "RSA-2048";
}

function warnings({ meaningless, secrets }: Draft): string[] {
  return [
    ...(meaningless.length > 0
      ? [
          `These fields of the kubeadm configuration have no meaning here: ${meaningless.join(", ")}.`,
        ]
      : []),
    ...(secrets.length > 0
      ? [
          `${secrets.join(", ")} of the kubeadm configuration: a token is a secret, so it is not copied. ` +
            "A new token is made with the same lifetime, usages and groups.",
        ]
      : []),
  ];
}
