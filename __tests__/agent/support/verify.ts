import { X509Certificate } from "node:crypto";

const PURPOSES = {
  sslserver: "1.3.6.1.5.5.7.3.1",
  sslclient: "1.3.6.1.5.5.7.3.2",
} as const;

/** Verifies with Node's own OpenSSL whether the CA signed the certificate; the slow tests use the openssl program. */
export function verify(
  certificate: string,
  authority: string,
  purpose: keyof typeof PURPOSES,
): void {
  const [leaf, issuer] = [certificate, authority].map(
    (pem) => new X509Certificate(pem),
  );
  expect(issuer.ca).toBe(true);
  expect(leaf.checkIssued(issuer)).toBe(true);
  expect(leaf.verify(issuer.publicKey)).toBe(true);
  expect(leaf.keyUsage).toContain(PURPOSES[purpose]);
  const now = Date.now();
  for (const { validFrom, validTo } of [leaf, issuer]) {
    expect(Date.parse(validFrom)).toBeLessThanOrEqual(now);
    expect(Date.parse(validTo)).toBeGreaterThan(now);
  }
}
