import {
  derOid,
  type CertificateExtension,
  type CertificateFacts,
} from "./certificates";
import { asn1, children, fromDer, oids } from "./der";
import { unreadableAttributes } from "./distinguished-name";
import { readElement, readElements } from "./tlv";

/**
 * Why no component of Kubernetes takes a certificate for one of an authority; `undefined` where all do. OpenSSL, which
 * reads certificates here, is more patient than Go.
 */
export const authorityProblem = (found: CertificateFacts): string | undefined =>
  roleProblem(found) ??
  keyProblem(found) ??
  nameProblem(found) ??
  readingProblem(found);

/** What it signs has to name it. */
const nameProblem = ({ subjectDer }: CertificateFacts): string | undefined =>
  readElement(subjectDer).content.length === 0
    ? "its name is empty, and RFC 5280 wants one of an authority"
    : undefined;

function roleProblem(found: CertificateFacts): string | undefined {
  if (found.fields.version !== 3)
    return `it is of version ${found.fields.version}: only version 3 can say that it is the certificate of an authority`;
  if (found.isAuthority) return undefined;
  return saysAuthority(found)
    ? "its key usage does not allow it to sign certificates"
    : "it is not the certificate of an authority";
}

const extensionOf = (
  { fields }: CertificateFacts,
  name: string,
): CertificateExtension | undefined =>
  fields.extensions.find(({ oid }) => oid === oids[name]);

function saysAuthority(found: CertificateFacts): boolean {
  const constraints = extensionOf(found, "basicConstraints");
  const [first] = constraints ? children(fromDer(constraints.value)) : [];
  return first?.type === asn1.Type.BOOLEAN;
}

/** How many authorities may stand between it and a leaf; absent: any number. */
export function pathLength(found: CertificateFacts): number | undefined {
  const constraints = extensionOf(found, "basicConstraints");
  const parts = constraints
    ? readElements(readElement(constraints.value).content)
    : [];
  const length = parts.find(({ tag }) => Number(tag) === asn1.Type.INTEGER);
  return length && Number(`0x${length.content.toString("hex")}`);
}

const KEYS = /^(RSA-\d+|ECDSA-P(256|384|521)|Ed25519)$/;

/** What Go's TLS takes at most. @see https://github.com/golang/go/blob/go1.24.0/src/crypto/tls/handshake_client.go */
const LARGEST_RSA = 8192;

function keyProblem({ keyAlgorithm, fields }: CertificateFacts) {
  const [algorithm] = readElements(fields.publicKey.content);
  const [type, parameters] = readElements(algorithm.content);
  if (
    derOid(type) === EC_PUBLIC_KEY &&
    Number(parameters?.tag) !== asn1.Type.OID
  )
    return "its curve is written out as explicit parameters, which Go does not read: make the key with a named curve";
  const size = Number(/^RSA-(\d+)$/.exec(keyAlgorithm)?.[1] ?? LARGEST_RSA);
  if (!KEYS.test(keyAlgorithm))
    return `its key is of the kind ${keyAlgorithm}; allowed are RSA, ECDSA on P-256, P-384 or P-521, and Ed25519`;
  if (size < 2048)
    return `its key is ${keyAlgorithm}; RSA keys below 2048 bits are refused by current TLS libraries`;
  return size > LARGEST_RSA
    ? `its key is ${keyAlgorithm}; Go refuses RSA keys above ${LARGEST_RSA} bits`
    : undefined;
}

const EC_PUBLIC_KEY = "1.2.840.10045.2.1";

/** Why Go does not read or does not take a certificate, whoever it is for. */
export function readingProblem(found: CertificateFacts): string | undefined {
  const { fields, subjectDer, issuerDer } = found;
  if (fields.serialNumber.content[0] & 0x80)
    return "its serial number is negative, which Go refuses";
  const unreadable = [
    ...unreadableAttributes(subjectDer),
    ...unreadableAttributes(issuerDer),
  ];
  if (unreadable.length > 0)
    return `its name has a ${unreadable[0]} in a string type, or with characters, that Go does not read`;
  const seen = fields.extensions.map(({ oid }) => oid);
  const twice = seen.find((oid, at) => seen.indexOf(oid) !== at);
  return twice
    ? `it has the extension ${oids[twice] ?? twice} twice`
    : criticalProblem(found);
}

/** Those that Go takes as critical: alternative names, usages, constraints, policies, and where CRLs are. */
const KNOWN_CRITICAL: ReadonlySet<string> = new Set(
  [15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54].map((last) => `2.5.29.${last}`),
);

function criticalProblem(found: CertificateFacts): string | undefined {
  const critical = found.fields.extensions.filter((one) => one.critical);
  const unknown = critical.find(({ oid }) => !KNOWN_CRITICAL.has(oid));
  if (unknown)
    return `it has the critical extension ${oids[unknown.oid] ?? unknown.oid}, which Go does not know`;
  const constraints = critical.find(({ oid }) => oid === NAME_CONSTRAINTS);
  return constraints && namesUnknownKinds(constraints.value)
    ? "its critical name constraints are about other things than DNS names, addresses, mail and URIs, which is all that Go compares"
    : undefined;
}

/** The library knows it by the name of an older one only. */
const NAME_CONSTRAINTS = "2.5.29.30";

export interface Subtree {
  /** Of a GeneralName: 1 mail, 2 DNS, 6 URI, 7 address. */
  readonly kind: number;
  readonly value: Buffer;
}

/** What an authority's name constraints permit and exclude. */
export function nameConstraints(found: CertificateFacts): {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
} {
  const { extensions } = found.fields;
  const extension = extensions.find(({ oid }) => oid === NAME_CONSTRAINTS);
  return subtreesOf(extension?.value);
}

function subtreesOf(value: Buffer | undefined) {
  const lists = value ? readElements(readElement(value).content) : [];
  const subtrees = (tag: number): Subtree[] =>
    lists
      .filter((list) => list.tag === tag)
      .flatMap(({ content }) => readElements(content))
      .map((subtree) => readElement(subtree.content))
      .map((name) => ({ kind: name.tag & 0x1f, value: name.content }));
  return { permitted: subtrees(0xa0), excluded: subtrees(0xa1) };
}

function namesUnknownKinds(value: Buffer): boolean {
  const { permitted, excluded } = subtreesOf(value);
  return [...permitted, ...excluded].some(
    ({ kind }) => ![1, 2, 6, 7].includes(kind),
  );
}
