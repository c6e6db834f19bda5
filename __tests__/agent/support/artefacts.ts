import { createHash } from "node:crypto";
import type { KeyAlgorithmName } from "../../../lib/catalog/key-algorithms";
import type { ArtefactRequest } from "../../../lib/request/artefact";
import { finalConfiguration } from "../../../lib/render/encryption";
import { EMBEDDED_CLIENT_CERTIFICATE } from "../../../lib/render/kubeconfig";
import { placesOf, reference } from "../../../lib/render/references";
import type {
  CertificateSpec,
  KubeconfigSpec,
} from "../../../lib/render/specs";
import { toYaml, toYamlDocuments } from "../../../lib/render/yaml";
import { temporaryFile } from "./temporary-file";

type Changes = Partial<ArtefactRequest>;

const artefact = (
  kind: ArtefactRequest["kind"],
  purpose: string,
  files: string,
  spec: string,
  changes: Changes,
): ArtefactRequest => ({
  kind,
  purpose,
  files,
  spec,
  inputs: [],
  intact: "token",
  ...changes,
});

export const certificateSpec = (
  changes: Partial<CertificateSpec> = {},
): CertificateSpec => ({
  subject: { commonName: "kube-apiserver" },
  names: ["kubernetes", "10.0.0.1"],
  usages: ["serverAuth"],
  keyAlgorithm: "ECDSA-P256",
  validity: "8760h0m0s",
  ...changes,
});

export const authoritySpec = (
  changes: Partial<CertificateSpec> = {},
): CertificateSpec => ({
  subject: { commonName: "kubernetes" },
  names: ["kubernetes"],
  keyAlgorithm: "ECDSA-P256",
  validity: "87600h0m0s",
  ...changes,
});

export const ISSUER = { certificate: "pki/ca.crt", key: "pki/ca.key" } as const;
export const APISERVER = "nodes/cp-1/root/etc/kubernetes/pki/apiserver";

export const authority = (
  spec: Partial<CertificateSpec> = {},
  changes: Changes = {},
): ArtefactRequest =>
  artefact(
    "authority",
    "the certificate authority ca",
    "pki/ca.crt 0644\npki/ca.key 0600",
    toYaml(authoritySpec(spec)),
    changes,
  );

const given = (content: string | Buffer) => ({
  file: temporaryFile(content),
  sha256: createHash("sha256").update(content).digest("hex"),
});

/** A CA of the user's, from files beside the program. */
export const importedAuthority = ({
  certificate: pem,
  key,
  ...spec
}: {
  readonly certificate: string | Buffer;
  readonly key?: string;
  readonly trustChain?: boolean;
}): ArtefactRequest => ({
  ...authority(),
  kind: "imported-authority",
  files:
    key === undefined ? "pki/ca.crt 0644" : "pki/ca.crt 0644\npki/ca.key 0600",
  spec: toYaml({
    certificate: given(pem),
    ...(key !== undefined && { key: given(key) }),
    ...spec,
  }),
});

export const keyPair = (
  keyAlgorithm: KeyAlgorithmName = "ECDSA-P256",
  changes: Changes = {},
): ArtefactRequest =>
  artefact(
    "key-pair",
    "the service account pair",
    "pki/sa.key 0600\npki/sa.pub 0644",
    toYaml({ keyAlgorithm }),
    changes,
  );

export const encryptionKey = (generation = 1): ArtefactRequest =>
  artefact(
    "encryption-key",
    `encryption key of generation ${generation}`,
    `pki/encryption/generation-${generation}.key 0600`,
    toYaml({ bytes: 32 }),
    {},
  );

/** An EncryptionConfiguration with the content of a file of the store as its key. */
export const encryption = (key: string): ArtefactRequest =>
  artefact(
    "encryption",
    "configuration of encryption on cp-1",
    "nodes/cp-1/root/etc/kubernetes/encryption/configuration.yaml 0600",
    "",
    {
      ...referring(
        finalConfiguration(
          { provider: "secretbox", generation: 1, resources: ["secrets"] },
          reference({ $base64: key }),
        ),
      ),
      inputs: [key],
    },
  );

export const certificate = (
  spec: Partial<CertificateSpec> = {},
  changes: Changes = {},
): ArtefactRequest =>
  artefact(
    "certificate",
    "serving certificate of kube-apiserver on cp-1",
    `${APISERVER}.crt 0644 root:root\n${APISERVER}.key 0600 root:root`,
    toYaml(certificateSpec(spec)),
    { issuer: ISSUER, inputs: ["pki/ca.crt", "pki/ca.key"], ...changes },
  );

export const adminSubject = {
  commonName: "kubernetes-admin",
  organizations: ["kubeadm:cluster-admins"],
} as const;

/** A spec of one document, and the places of its references. */
export const referring = (
  spec: object,
): Pick<ArtefactRequest, "spec" | "references"> => ({
  spec: toYaml(spec),
  references: placesOf([spec]),
});

const kubeconfigSpec = (server: string): KubeconfigSpec => ({
  clientCertificate: certificateSpec({
    subject: adminSubject,
    names: undefined,
    usages: ["clientAuth"],
  }),
  config: {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "demo",
        cluster: {
          "certificate-authority-data": reference({ $base64: "pki/ca.crt" }),
          server,
        },
      },
    ],
    users: [{ name: "admin", user: EMBEDDED_CLIENT_CERTIFICATE }],
  },
});

export const kubeconfig = (
  server = "https://10.0.0.1:6443",
  changes: Changes = {},
): ArtefactRequest =>
  artefact(
    "kubeconfig",
    "kubeconfig of kubernetes-admin",
    "kubeconfigs/admin.conf 0600",
    "",
    {
      ...referring(kubeconfigSpec(server)),
      issuer: ISSUER,
      inputs: ["pki/ca.crt", "pki/ca.key"],
      ...changes,
    },
  );

export const text = (
  path: string,
  content: string,
  changes: Changes = {},
): ArtefactRequest => artefact("text", path, `${path} 0600`, content, changes);

export const copy = (
  from: string,
  to: string,
  changes: Changes = {},
): ArtefactRequest =>
  artefact("copy", `copy of ${from}`, `${to} 0644`, `copy of ${from}`, {
    inputs: [from],
    ...changes,
  });

export const objects = (
  path: string,
  values: readonly unknown[],
  changes: Changes = {},
): ArtefactRequest =>
  artefact("objects", path, `${path} 0600`, toYamlDocuments(values), {
    references: placesOf(values),
    ...changes,
  });

export const file = (
  path: string,
  from: string,
  sha256: string,
): ArtefactRequest =>
  artefact("file", path, `${path} 0640`, toYaml({ file: from, sha256 }), {});

/** One artefact of each kind. */
export const oneOfEach = () => [
  authority(),
  keyPair(),
  certificate(),
  kubeconfig(),
  text("nodes/cp-1/root/a.yaml", "a"),
];
