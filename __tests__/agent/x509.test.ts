import { X509Certificate, type KeyObject } from "node:crypto";
import { parseCertificate } from "../../lib/pki/certificates";
import { generateKey } from "../../lib/pki/keys";
import { issueAuthority, issueCertificate } from "../../lib/pki/x509";
import type { CertificateSpec } from "../../lib/render/specs";
import { authoritySpec, certificateSpec } from "./support/artefacts";
import { lifetimeFits, renewalTime } from "../../lib/pki/verification";

const NOW = new Date();
let key: KeyObject;
beforeAll(async () => {
  key = await generateKey("ECDSA-P256");
});

const authorityOf = (spec: Partial<CertificateSpec> = {}): Promise<string> =>
  issueAuthority(authoritySpec(spec), key, NOW);

const leafOf = (
  authority: string,
  spec: Partial<CertificateSpec> = {},
): Promise<string> =>
  issueCertificate(
    certificateSpec(spec),
    key,
    { certificate: new X509Certificate(authority), key },
    NOW,
  );

test("names and addresses are distinguished, normalized, and listed once", async () => {
  const names = [
    "10.0.0.1",
    "a.example",
    "fd00:0::0001",
    "FD00::1",
    "a.example",
    "::ffff:10.0.0.2",
    "*.b.example",
    "A.example",
  ];
  const certificate = await leafOf(await authorityOf(), { names });
  expect(new X509Certificate(certificate).subjectAltName).toBe(
    "DNS:A.example, DNS:*.b.example, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1, IP Address:10.0.0.2",
  );
  expect(parseCertificate(certificate)?.names).toEqual([
    "A.example",
    "*.b.example",
    "10.0.0.1",
    "fd00::1",
    "10.0.0.2",
  ]);
});

test.each(["", "fe80::1%eth0", "bücher.example", "a\nb"])(
  "fails if a name is %j",
  async (name) => {
    const authority = await authorityOf();
    await expect(leafOf(authority, { names: [name] })).rejects.toThrow(
      /cannot be a name in the certificate/,
    );
  },
);

test("a leaf ends no later than its CA", async () => {
  const authority = await authorityOf({ validity: "1h" });
  const [outer, inner] = [authority, await leafOf(authority)].map((pem) =>
    parseCertificate(pem),
  );
  expect(inner?.notAfter).toEqual(outer?.notAfter);
  expect(inner?.notBefore).toEqual(outer?.notBefore);
});

test("a leaf begins a little in the past and ends after its validity", async () => {
  const facts = parseCertificate(await leafOf(await authorityOf()));
  const second = Math.floor(NOW.getTime() / 1000) * 1000;
  expect(facts?.notBefore.getTime()).toBe(second - 300_000);
  expect(facts?.notAfter.getTime()).toBe(second + 365 * 86_400_000);
  expect(facts && lifetimeFits(facts, "8760h")).toBe(true);
});

test("serial numbers are positive, long and unique", async () => {
  const authority = await authorityOf();
  const serials = await Promise.all(
    Array.from(
      { length: 20 },
      async () => new X509Certificate(await leafOf(authority)).serialNumber,
    ),
  );
  expect(new Set(serials).size).toBe(20);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test("the renewal window never begins before two thirds of the lifetime", () => {
  const lifetime = {
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2026-01-31T00:00:00Z"),
  };
  expect(renewalTime(lifetime, undefined)).toEqual(
    new Date("2026-01-21T00:00:00Z"),
  );
  expect(renewalTime(lifetime, "24h")).toEqual(
    new Date("2026-01-30T00:00:00Z"),
  );
  expect(renewalTime(lifetime, "720h")).toEqual(
    new Date("2026-01-21T00:00:00Z"),
  );
});

test("a certificate with a time that cannot be read counts as none", async () => {
  const { raw } = new X509Certificate(await authorityOf());
  const time = raw.toString("latin1").search(/\d{12}Z/);
  const der = Buffer.from(raw);
  // A month that does not exist.
  der.write("99", time + 2, "latin1");
  expect(parseCertificate(raw)).toBeDefined();
  expect(parseCertificate(der)).toBeUndefined();
});
