import { placeOnNode } from "../store/node-files";
import { anyRecord, fields, list, optional, text } from "../base/shape";
import { orUndefined } from "../base/files";
import { hoursOfGoDuration } from "../catalog/go-duration";
import { isInUnitsDir } from "../catalog/units";
import { CERTIFICATE } from "../cli/plan/spec-words";
import { readKubernetesYaml } from "../render/kubernetes-yaml";
import type { SynthesizedArtefact } from "./source";
import { readTemplate } from "./template";
import { readUnit } from "./unit";

/** What is requested for a certificate. A value that is known only at apply is `${…}`. */
export interface SynthesizedCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Its DNS names and IP addresses. */
  readonly names: readonly string[];
  /** `serverAuth`, `clientAuth`. A CA has none. */
  readonly usages: readonly string[];
  /** `ECDSA-P256` */
  readonly keyAlgorithm: string;
  readonly validityHours: number;
  /** The certificate of the CA that signs it, as a file of the store: `pki/ca.crt`. Absent for a CA, which signs itself. */
  readonly signer?: string;
}

/** A kubeconfig. What is inserted at apply is a reference, such as `{ $base64: "pki/ca.crt" }`. */
export interface SynthesizedKubeconfig {
  readonly server: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
  /** The certificate that is made with it, and exists only in it. */
  readonly clientCertificate?: SynthesizedCertificate;
  /** The whole file. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * What synthesis knows of a file, as an object.
 * @param at The number of the file in the artefact.
 */
export function contentOf(artefact: SynthesizedArtefact, at: number): unknown {
  const { kind, spec, files } = artefact;
  const { path } = files[at];
  switch (kind) {
    case "authority":
    case "certificate":
      return certificateOf(documentsIn(spec)[0], artefact);
    case "kubeconfig":
      return kubeconfigOf(artefact);
    case "service-account-token":
      return isKubeconfig(path) ? kubeconfigOf(artefact) : documentsIn(spec)[0];
    case "copy":
      return { copyOf: spec.split("\n")[at].replace(/^\S+ of /, "") };
    case "objects":
      return documentsIn(spec);
    case "text":
      return contentOfText(spec, path);
    default:
      return documentsIn(spec)[0];
  }
}

export const isKubeconfig = (path: string): boolean => path.endsWith(".conf");

const documentsIn = (spec: string) => readTemplate(spec, readKubernetesYaml);

function contentOfText(spec: string, path: string): unknown {
  const file = placeOnNode(path)?.path ?? path;
  if (isInUnitsDir(file)) return readTemplate(spec, readUnit);
  // The user's own file may have this ending and be something else.
  const documents = /\.ya?ml$/.test(file)
    ? orUndefined(() => documentsIn(spec))
    : undefined;
  if (!documents) return readTemplate(spec, (whole) => whole);
  return documents.length === 1 ? documents[0] : documents;
}

function certificateOf(
  spec: unknown,
  { from }: SynthesizedArtefact,
): SynthesizedCertificate {
  const { subject, names, usages, keyAlgorithm, validity } = CERTIFICATE(spec);
  const [signer] = from;
  return {
    commonName: subject.commonName,
    organizations: subject.organizations ?? [],
    names: names ?? [],
    usages: usages ?? [],
    keyAlgorithm,
    validityHours: hoursOfGoDuration(validity) ?? 0,
    ...(signer !== undefined && { signer }),
  };
}

const KUBECONFIG_SPEC = fields({
  clientCertificate: optional(anyRecord),
  config: optional(anyRecord),
  // A token's kubeconfig.
  kubeconfig: optional(anyRecord),
});

const CONFIG = fields({
  clusters: list(fields({ cluster: fields({ server: text }) })),
  contexts: list(
    fields({
      context: fields({ cluster: text, user: text, namespace: optional(text) }),
    }),
  ),
});

function kubeconfigOf(artefact: SynthesizedArtefact): SynthesizedKubeconfig {
  const {
    clientCertificate,
    kubeconfig,
    config = kubeconfig,
  } = KUBECONFIG_SPEC(documentsIn(artefact.spec)[0]);
  const { clusters, contexts } = CONFIG(config);
  const { cluster, user, namespace } = contexts[0].context;
  return {
    server: clusters[0].cluster.server,
    cluster,
    user,
    ...(namespace !== undefined && { namespace }),
    ...(clientCertificate && {
      clientCertificate: certificateOf(clientCertificate, artefact),
    }),
    config: config ?? {},
  };
}
