import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APISERVER } from "../../agent/support/artefacts";
import { openssl } from "../../agent/support/openssl";
import { Workplace } from "../../agent/support/workplace";

/** A certificate and its key, made with OpenSSL. */
export interface OpensslPair {
  readonly certificate: string;
  readonly key: string;
}

export interface OpensslAuthority {
  /** The argument of `-subj`. @default "/CN=kubernetes" */
  readonly subject?: string;
  /** `string_mask` in OpenSSL's configuration: the allowed string types. */
  readonly stringMask?: string;
  /** The lines of the extensions section. @default - those of a CA */
  readonly extensions?: readonly string[];
  /** @default - P-256 */
  readonly newKey?: readonly string[];
  readonly days?: number;
  /** The CA that signs it. @default - itself */
  readonly signer?: OpensslPair;
  /** Further arguments of `openssl x509 -req`. */
  readonly more?: readonly string[];
}

export const EC_KEY = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] as const;

export const AUTHORITY_EXTENSIONS = [
  "basicConstraints = critical, CA:true",
  "keyUsage = critical, digitalSignature, keyCertSign, cRLSign",
  "subjectKeyIdentifier = hash",
] as const;

/** Makes a CA with the openssl program. */
export function opensslAuthority({
  subject = "/CN=kubernetes",
  stringMask = "utf8only",
  extensions = AUTHORITY_EXTENSIONS,
  newKey = EC_KEY,
  days = 3650,
  signer,
  more = [],
}: OpensslAuthority = {}): OpensslPair {
  const folder = mkdtempSync(join(tmpdir(), "authority-"));
  const path = (name: string): string => join(folder, name);
  writeFileSync(
    path("config"),
    [
      "[req]",
      "distinguished_name = dn",
      `string_mask = ${stringMask}`,
      "[dn]",
      "[ext]",
      ...extensions,
      "",
    ].join("\n"),
  );
  openssl(
    "req",
    "-new",
    "-newkey",
    ...newKey,
    "-nodes",
    "-utf8",
    "-subj",
    subject,
    "-config",
    path("config"),
    "-keyout",
    path("key"),
    "-out",
    path("csr"),
  );
  if (signer) {
    writeFileSync(path("ca.crt"), signer.certificate);
    writeFileSync(path("ca.key"), signer.key);
  }
  const by = signer
    ? ["-CA", path("ca.crt"), "-CAkey", path("ca.key")]
    : ["-signkey", path("key")];
  openssl(
    "x509",
    "-req",
    "-in",
    path("csr"),
    ...by,
    "-days",
    String(days),
    ...(extensions.length > 0
      ? ["-extfile", path("config"), "-extensions", "ext"]
      : []),
    "-out",
    path("crt"),
    ...more,
  );
  const read = (name: string): string => readFileSync(path(name), "utf8");
  return { certificate: read("crt"), key: read("key") };
}

/** A company's root, a CA below it, and the cluster's CA, which that CA signed. */
export function opensslChain(): {
  readonly root: OpensslPair;
  readonly middle: OpensslPair;
  readonly issuer: OpensslPair;
} {
  const root = opensslAuthority({ subject: "/C=DE/O=Example/CN=Root" });
  const middle = opensslAuthority({
    subject: "/C=DE/O=Example/CN=Middle",
    signer: root,
  });
  const issuer = opensslAuthority({
    subject: "/C=DE/CN=kubernetes",
    signer: middle,
  });
  return { root, middle, issuer };
}

/** The DER of a certificate's subject or issuer, as OpenSSL prints it. */
export function nameBytes(pem: string, which: "subject" | "issuer"): string {
  const folder = mkdtempSync(join(tmpdir(), "name-"));
  const file = join(folder, "crt");
  writeFileSync(file, pem);
  return openssl(
    "x509",
    "-in",
    file,
    "-noout",
    `-${which}`,
    "-nameopt",
    "RFC2253,dump_all,dump_der,sep_comma_plus",
  ).replace(/^\w+=\s*/, "");
}

/** The number of certificates in a PEM text. */
export const countCertificates = (pem: string): number =>
  pem.split("-----BEGIN CERTIFICATE-----").length - 1;

/** A certificate that the CA signs. */
export const LEAF = `${APISERVER}.crt`;

/** A store in whose `pki/` a user put a CA. */
export function withAuthority(pair: OpensslPair): Workplace {
  const place = new Workplace();
  place.write("pki/ca.crt", pair.certificate);
  place.write("pki/ca.key", pair.key, 0o600);
  return place;
}
