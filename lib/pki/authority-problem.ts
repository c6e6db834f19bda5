import { derOid, type CertificateFacts } from "./certificates";
import { asn1, children, fromDer, oids } from "./der";
import { unreadableAttributes } from "./distinguished-name";
import { readElement, readElements } from "./tlv";

/**
 * Why Kubernetes would not accept a certificate as that of a CA; `undefined` if it would. These are Go's rules: Node's
 * OpenSSL, which reads certificates here, is more lenient.
 */
export const authorityProblem = (found: CertificateFacts): string | undefined =>
  roleProblem(found) ??
  keyProblem(found) ??
  nameProblem(found) ??
  readingProblem(found);

/** The certificates that a CA signs name it as their issuer, so it needs a name. */
const nameProblem = ({ subjectDer }: CertificateFacts): string | undefined =>
  readElement(subjectDer).content.length === 0
    ? "its name is empty, but RFC 5280 requires a CA to have a name"
    : undefined;

function roleProblem(found: CertificateFacts): string | undefined {
  if (found.fields.version !== 3)
    return `its X.509 version is ${found.fields.version}; a CA certificate needs version 3`;
  if (found.isAuthority) return undefined;
  return saysAuthority(found)
    ? "its key usage does not allow it to sign certificates"
    : "it is not a CA certificate";
}

const constraintsOf = ({ fields }: CertificateFacts) =>
  fields.extensions.find(({ oid }) => oid === oids.basicConstraints);

function saysAuthority(found: CertificateFacts): boolean {
  const constraints = constraintsOf(found);
  const [first] = children(constraints && fromDer(constraints.value));
  return first?.type === asn1.Type.BOOLEAN;
}

/** How many CAs may stand between a CA and a leaf certificate; `undefined` if any number may. */
export function pathLength(found: CertificateFacts): number | undefined {
  const constraints = constraintsOf(found);
  const parts = constraints
    ? readElements(readElement(constraints.value).content)
    : [];
  const length = parts.find(({ tag }) => Number(tag) === asn1.Type.INTEGER);
  return length && Number(`0x${length.content.toString("hex")}`);
}

const KEYS = /^(RSA-\d+|ECDSA-P(256|384|521)|Ed25519)$/;

/** The longest RSA key that Go's TLS accepts, in bits. @see https://github.com/golang/go/blob/go1.24.0/src/crypto/tls/handshake_client.go */
const LARGEST_RSA = 8192;

function keyProblem({ keyAlgorithm, fields }: CertificateFacts) {
  const [algorithm] = readElements(fields.publicKey.content);
  const [type, parameters] = readElements(algorithm.content);
  if (
    derOid(type) === EC_PUBLIC_KEY &&
    Number(parameters?.tag) !== asn1.Type.OID
  )
    return "its key describes the curve by explicit parameters, which Go cannot read: make the key with a named curve";
  const size = Number(/^RSA-(\d+)$/.exec(keyAlgorithm)?.[1] ?? LARGEST_RSA);
  if (!KEYS.test(keyAlgorithm))
    return `its key is ${keyAlgorithm}; allowed are RSA, ECDSA on P-256, P-384 or P-521, and Ed25519`;
  if (size < 2048)
    return `its key is ${keyAlgorithm}; current TLS libraries refuse RSA keys below 2048 bits`;
  return size > LARGEST_RSA
    ? `its key is ${keyAlgorithm}; Go refuses RSA keys above ${LARGEST_RSA} bits`
    : undefined;
}

const EC_PUBLIC_KEY = "1.2.840.10045.2.1";

/** Why Go cannot read a certificate or refuses it, whatever it is used for; `undefined` if Go accepts it. */
export function readingProblem(found: CertificateFacts): string | undefined {
  const { fields, subjectDer, issuerDer } = found;
  if (fields.serialNumber.content[0] & 0x80)
    return "its serial number is negative, which Go refuses";
  const unreadable = [
    ...unreadableAttributes(subjectDer),
    ...unreadableAttributes(issuerDer),
  ];
  if (unreadable.length > 0)
    return `its name has a ${unreadable[0]} with a string type or characters that Go cannot read`;
  const seen = fields.extensions.map(({ oid }) => oid);
  const twice = seen.find((oid, at) => seen.indexOf(oid) !== at);
  return twice
    ? `it has the extension ${oids[twice] ?? twice} twice`
    : criticalProblem(found);
}

/** The extensions that Go accepts as critical: alternative names, usages, constraints, policies, and CRL addresses. */
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
    ? "its critical name constraints restrict kinds of names that Go does not compare; it compares only DNS names, IP addresses, mail addresses and URIs"
    : undefined;
}

/** Written as a number, because node-forge names only an older extension so. */
const NAME_CONSTRAINTS = "2.5.29.30";

export interface Subtree {
  /** The kind of GeneralName: 1 mail address, 2 DNS name, 6 URI, 7 IP address. */
  readonly kind: number;
  readonly value: Buffer;
}

/** The names that the name constraints of a CA permit and exclude. */
export const nameConstraints = ({ fields }: CertificateFacts) =>
  subtreesOf(
    fields.extensions.find(({ oid }) => oid === NAME_CONSTRAINTS)?.value,
  );

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
