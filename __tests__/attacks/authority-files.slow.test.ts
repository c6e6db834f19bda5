import { rmSync } from "node:fs";
import { hasValidCredentials } from "../../lib/agent/rollout/kubelet-credentials";
import { parseCertificates } from "../../lib/pki/certificates";
import {
  authority,
  certificate,
  importedAuthority,
} from "../agent/support/artefacts";
import {
  openssl,
  temporaryFile,
  textOf,
  verify,
} from "../agent/support/openssl";
import { refusal, Workplace } from "../agent/support/workplace";
import {
  AUTHORITY_EXTENSIONS,
  LEAF,
  nameBytes,
  opensslAuthority,
  type OpensslAuthority,
  opensslChain,
  type OpensslPair,
  withAuthority,
} from "./support/openssl-authorities";

describe.each<[string, OpensslAuthority]>([
  ["in UTF8String", {}],
  ["in PrintableString", { stringMask: "default" }],
  ["with a country", { subject: "/C=DE/CN=kubernetes" }],
  ["with an organization", { subject: "/O=x/CN=kubernetes" }],
  [
    "with a mail address",
    { subject: "/O=a+O=b/CN=kubernetes/emailAddress=a@example.org" },
  ],
  [
    "with several attributes in one set",
    { subject: "/C=DE/OU=a+CN=kubernetes" },
  ],
  [
    "in T61String",
    { subject: "/OU=Zürich/CN=kubernetes", stringMask: "nombstr" },
  ],
  ["in BMPString", { subject: "/OU=Zürich/CN=kubernetes", stringMask: "pkix" }],
  ["with domain components", { subject: "/DC=org/DC=example/CN=kubernetes" }],
  [
    "with other attributes after the common name",
    { subject: "/CN=kubernetes/OU=x" },
  ],
])("a CA whose name is %s", (_, made) => {
  let pair: OpensslPair;
  let place: Workplace;
  beforeAll(() => (pair = opensslAuthority(made)));
  beforeEach(async () => {
    place = withAuthority(pair);
    await place.batch([authority(), certificate()]);
  });
  const sameIssuer = () =>
    expect(nameBytes(place.read(LEAF), "issuer")).toBe(
      nameBytes(pair.certificate, "subject"),
    );

  test("is used unchanged, and certificates that it signs have exactly its name as issuer", () => {
    expect(place.read("pki/ca.crt")).toBe(pair.certificate);
    sameIssuer();
    verify(place.read(LEAF), pair.certificate, "sslserver");
  });

  test("stays unchanged in later runs, with and without stamps", async () => {
    const before = place.contents();
    await place.batch([authority(), certificate()]);
    expect(place.contents()).toEqual(before);
    rmSync(place.path(".stamps"), { recursive: true });
    await place.batch([authority(), certificate()]);
    await place.batch([authority(), certificate()]);
    expect(place.contents()).toEqual(before);
  });

  test("keeps its name, and the certificates that it signed, when its lifetime changes", async () => {
    const before = place.contents();
    const lines = await place.batch([
      authority({ validity: "175200h0m0s" }),
      certificate(),
    ]);
    expect(lines[0]).toMatch(/signed again with the same key/);
    expect(place.read("pki/ca.crt")).not.toBe(pair.certificate);
    expect(nameBytes(place.read("pki/ca.crt"), "subject")).toBe(
      nameBytes(pair.certificate, "subject"),
    );
    expect(nameBytes(place.read("pki/ca.crt"), "issuer")).toBe(
      nameBytes(pair.certificate, "subject"),
    );
    expect(place.read(LEAF)).toBe(before.get(LEAF));
    verify(place.read(LEAF), place.read("pki/ca.crt"), "sslserver");
    sameIssuer();
  });
});

test("a user's CA is not signed again because its lifetime differs from the default", async () => {
  const place = withAuthority(opensslAuthority({ days: 7000 }));
  await place.batch([authority()]);
  const before = place.read("pki/ca.crt");
  await place.batch([authority()]);
  expect(place.read("pki/ca.crt")).toBe(before);
});

test("a CA that is signed again keeps all extensions and its key identifier", async () => {
  const pair = opensslAuthority({
    extensions: [
      ...AUTHORITY_EXTENSIONS.slice(0, 2),
      "subjectKeyIdentifier = 01:02:03:04",
      "nameConstraints = critical, excluded;DNS:example.com",
      "certificatePolicies = 1.2.3.4",
      "crlDistributionPoints = URI:http://example.org/crl",
      "authorityInfoAccess = OCSP;URI:http://example.org/ocsp",
    ],
  });
  const place = withAuthority(pair);
  await place.batch([authority(), certificate()]);
  await place.batch([authority({ validity: "175200h0m0s" }), certificate()]);
  const extensions = (pem: string) =>
    textOf(pem).split("X509v3 extensions:")[1].split("Signature Algorithm")[0];
  expect(extensions(place.read("pki/ca.crt"))).toBe(
    extensions(pair.certificate),
  );
  verify(place.read(LEAF), place.read("pki/ca.crt"), "sslserver");
});

test("a certificate that encodes its issuer's name in other bytes is replaced, although OpenSSL accepts it", async () => {
  const pair = opensslAuthority();
  const place = withAuthority(pair);
  await place.batch([authority(), certificate()]);
  const leaf = place.read(LEAF);
  // The same key under the same name, in another encoding.
  const keyFile = temporaryFile(pair.key);
  const config = temporaryFile(
    `[req]\ndistinguished_name=dn\nstring_mask=default\n[dn]\n[ext]\n${AUTHORITY_EXTENSIONS.join("\n")}\n`,
  );
  const printable = openssl(
    "req",
    "-x509",
    "-key",
    keyFile,
    "-config",
    config,
    "-extensions",
    "ext",
    "-subj",
    "/CN=kubernetes",
    "-days",
    "3650",
  );
  verify(leaf, printable, "sslserver");
  place.write("pki/ca.crt", printable);
  const lines = await place.batch([authority(), certificate()]);
  expect(lines.join("\n")).toMatch(
    /made again: it encodes the name of its issuer/,
  );
  expect(nameBytes(place.read(LEAF), "issuer")).toBe(
    nameBytes(printable, "subject"),
  );
});

test("fails when the certificate of a user's CA is lost, because a new one would have another name", async () => {
  const place = withAuthority(opensslAuthority());
  await place.batch([authority()]);
  rmSync(place.path("pki/ca.crt"));
  expect(await refusal(place, [authority()])).toMatch(
    /was not made here and cannot be made again.\nPut it back/,
  );
});

test("fails when the program changes the lifetime of a CA that another CA signed", async () => {
  const { issuer } = opensslChain();
  const place = withAuthority(issuer);
  await place.batch([authority(), certificate()]);
  expect(
    await refusal(place, [authority({ validity: "175200h0m0s" })]),
  ).toMatch(
    /is signed by C=DE, O=Example, CN=Middle: it cannot be signed with/,
  );
});

test("fails when a user's CA is replaced by one with the same key and another name", async () => {
  const pair = opensslAuthority();
  const place = new Workplace();
  await place.batch([importedAuthority(pair)]);
  const other = openssl(
    "req",
    "-x509",
    "-key",
    temporaryFile(pair.key),
    "-days",
    "3650",
    "-subj",
    "/C=DE/CN=kubernetes",
  );
  expect(
    await refusal(place, [importedAuthority({ ...pair, certificate: other })]),
  ).toMatch(/its name is encoded in different bytes/);
});

describe("credentials that a kubelet has renewed", () => {
  const ca = opensslAuthority();
  const own = opensslAuthority({
    subject: "/O=system:nodes/CN=system:node:cp-1",
    signer: ca,
    extensions: ["extendedKeyUsage = clientAuth"],
  });
  const good = (trusted: string): boolean =>
    hasValidCredentials({}, parseCertificates(trusted), {
      kubeletCertificate: Buffer.from(own.certificate + own.key),
      now: Date.now(),
    } as Parameters<typeof hasValidCredentials>[2]);

  test("are kept while the cluster trusts the CA that signed them, even in a chain", () => {
    const other = opensslAuthority({ subject: "/CN=other" });
    expect(good(ca.certificate)).toBe(true);
    expect(good(other.certificate + ca.certificate)).toBe(true);
    expect(good(other.certificate)).toBe(false);
  });

  test("are not kept if they encode their issuer's name in other bytes than the CA", () => {
    const config = temporaryFile(
      `[req]\ndistinguished_name=dn\nstring_mask=default\n[dn]\n[ext]\n${AUTHORITY_EXTENSIONS.join("\n")}\n`,
    );
    const printable = openssl(
      "req",
      "-x509",
      "-key",
      temporaryFile(ca.key),
      "-config",
      config,
      "-extensions",
      "ext",
      "-subj",
      "/CN=kubernetes",
      "-days",
      "3650",
    );
    expect(good(printable)).toBe(false);
  });
});
