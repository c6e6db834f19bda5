import { X509Certificate, type KeyObject } from "node:crypto";
import { generateKey, privatePem } from "../../lib/pki/keys";
import {
  issueAuthority,
  issueCertificate,
  requestCertificate,
} from "../../lib/pki/x509";
import type { CertificateSpec } from "../../lib/render/specs";
import {
  APISERVER,
  authority,
  authoritySpec,
  certificate,
  certificateSpec,
} from "./support/artefacts";
import { openssl, temporaryFile, textOf } from "./support/openssl";
import { Workplace } from "./support/workplace";

const NOW = new Date();
let key: KeyObject;
let ca: string;
beforeAll(async () => {
  key = await generateKey("ECDSA-P256");
  ca = await issueAuthority(authoritySpec(), key, NOW);
});

const leafOf = (
  spec: Partial<CertificateSpec>,
  now = NOW,
  authorityPem = ca,
): Promise<string> =>
  issueCertificate(
    certificateSpec(spec),
    key,
    { certificate: new X509Certificate(authorityPem), key },
    now,
  );

describe("a name of a certificate", () => {
  test.each([
    "kubernetes",
    "a.example",
    "A.Example",
    "*.apps.example",
    "my_host",
    "a".repeat(63),
    `${"a.".repeat(126)}a`,
    "xn--bcher-kva.example",
    "4u",
    "10.0.0.1",
    "0.0.0.0",
    "::",
    "fd00::1",
    "::ffff:10.0.0.1",
  ])("may be %s", async (name) => {
    const text = textOf(await leafOf({ names: [name] }));
    expect(text).toMatch(/Alternative Name:\s+(DNS|IP Address):\S+\n/);
  });
});

describe("a part of a subject", () => {
  test.each(["a", "système:admin", "a b", "x".repeat(100), "日本"])(
    "may be %s",
    async (commonName) => {
      const subject = { commonName, organizations: [commonName] };
      const shown = openssl(
        "x509",
        "-in",
        temporaryFile(await leafOf({ subject })),
        "-noout",
        "-subject",
        "-nameopt",
        "utf8,sep_comma_plus_space",
      );
      expect(shown.trim()).toBe(`subject=O=${commonName}, CN=${commonName}`);
    },
  );
});

describe("a CA whose name is not a DNS name", () => {
  const spec = { subject: { commonName: "Lab CA" }, names: ["Lab CA"] };

  test("does not have it as a DNS name", async () => {
    const pem = await issueAuthority(authoritySpec(spec), key, NOW);
    expect(textOf(pem)).not.toContain("Alternative Name");
    expect(textOf(ca)).toContain("DNS:kubernetes");
  });

  test("is not signed again for that, with its name as a DNS name or without", async () => {
    const place = new Workplace();
    await place.batch([authority(spec)]);
    const own = place.read("pki/ca.crt");
    await place.batch([authority(spec)]);
    expect(place.read("pki/ca.crt")).toBe(own);

    const keyFile = temporaryFile(place.read("pki/ca.key"));
    const earlier = openssl(
      "req",
      "-x509",
      "-key",
      keyFile,
      "-subj",
      "/CN=Lab CA",
      "-days",
      "3650",
      "-addext",
      "subjectAltName=DNS:Lab CA",
      "-addext",
      "keyUsage=critical,keyCertSign",
    );
    place.write("pki/ca.crt", earlier);
    await place.batch([authority(spec)]);
    expect(place.read("pki/ca.crt")).toBe(earlier);
  });
});

describe("the end of a certificate", () => {
  /** A CA that ends at this time. */
  const endingAt = (end: string): Promise<string> =>
    issueAuthority(
      authoritySpec({ validity: "1h" }),
      key,
      new Date(Date.parse(end) - 3_600_000),
    );
  const timesIn = (pem: string): string[] =>
    [
      ...openssl("asn1parse", "-in", temporaryFile(pem)).matchAll(
        /(UTCTIME|GENERALIZEDTIME) +:(\S+)/g,
      ),
    ].map(([, type, time]) => `${type} ${time}`);

  test.each([
    ["2049-12-31T23:59:59Z", "UTCTIME 491231235959Z"],
    ["2050-01-01T00:00:00Z", "GENERALIZEDTIME 20500101000000Z"],
    ["2050-01-01T01:00:00Z", "GENERALIZEDTIME 20500101010000Z"],
    ["2318-06-01T00:00:00Z", "GENERALIZEDTIME 23180601000000Z"],
  ])("at %s is written as RFC 5280 wants it", async (end, written) => {
    expect(timesIn(await endingAt(end))[1]).toBe(written);
  });
});

test("certificates have only the extensions that they need, and do not point to revocation lists", async () => {
  const extensionsOf = (pem: string): string[] =>
    [...textOf(pem).matchAll(/^ {12}X509v3 (.*?): ?(critical)?$/gm)]
      .map(([, name, critical]) => [name, critical].filter(Boolean).join(" "))
      .sort();
  expect(extensionsOf(ca)).toEqual([
    "Basic Constraints critical",
    "Key Usage critical",
    "Subject Alternative Name",
    "Subject Key Identifier",
  ]);
  expect(extensionsOf(await leafOf({}))).toEqual([
    "Authority Key Identifier",
    "Basic Constraints critical",
    "Extended Key Usage",
    "Key Usage critical",
    "Subject Alternative Name",
    "Subject Key Identifier",
  ]);
});

test("a certificate from before key usages were narrowed is kept", async () => {
  const place = new Workplace();
  await place.batch([authority()]);
  const keyPem = privatePem(key);
  const [csr, keyFile] = [
    await requestCertificate(certificateSpec(), key),
    place.path("pki/ca.key"),
  ];
  const earlier = openssl(
    "x509",
    "-req",
    "-in",
    temporaryFile(csr),
    "-days",
    "365",
    "-CA",
    place.path("pki/ca.crt"),
    "-CAkey",
    keyFile,
    "-extfile",
    temporaryFile(
      [
        "keyUsage=critical,digitalSignature,keyEncipherment",
        "extendedKeyUsage=serverAuth",
        "basicConstraints=critical,CA:FALSE",
        "subjectAltName=DNS:kubernetes,IP:10.0.0.1",
      ].join("\n"),
    ),
  );
  place.write(`${APISERVER}.crt`, earlier);
  place.write(`${APISERVER}.key`, keyPem, 0o600);

  await place.batch([authority(), certificate()]);

  expect(place.read(`${APISERVER}.crt`)).toBe(earlier);
  expect(place.read(`${APISERVER}.key`)).toBe(keyPem);
});
