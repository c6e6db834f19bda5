import { X509Certificate, type KeyObject } from "node:crypto";
import { generateKey } from "../../lib/pki/keys";
import {
  issueAuthority,
  issueCertificate,
  requestCertificate,
} from "../../lib/pki/x509";
import type { CertificateSpec } from "../../lib/render/specs";
import { authoritySpec, certificateSpec } from "./support/artefacts";

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
    "",
    ".",
    ".a",
    "a.",
    "a..b",
    "-a",
    "a-.b",
    "a b",
    "a@b",
    "a:1",
    "https://a",
    "bücher.example",
    "a\nb",
    "a\0.b",
    "*",
    "a.*.b",
    "*.*.a",
    "a*.b",
    "1.2.3",
    "1.2.3.400",
    "1.2.3.4.5",
    "fe80::1%eth0",
    "*.1.2",
    "a".repeat(64),
    `${"a.".repeat(127)}a`,
  ])("fails if it is %j", async (name) => {
    await expect(leafOf({ names: [name] })).rejects.toThrow(
      /cannot be a name in the certificate of kube-apiserver/,
    );
    await expect(
      requestCertificate(certificateSpec({ names: [name] }), key),
    ).rejects.toThrow(/cannot be a name in the certificate/);
  });
});

describe("a part of a subject", () => {
  const BAD = ["", " ", " a", "a ", "a\nb", "a\0b", "\u0085", "a\ud800b"];
  test.each(BAD)("fails if it is %j", async (value) => {
    const subjects = [
      { commonName: value },
      { commonName: "a", organizations: ["b", value] },
    ];
    const reason = /cannot be a common name or an organization/;
    for (const subject of subjects) {
      await expect(leafOf({ subject })).rejects.toThrow(reason);
      await expect(
        requestCertificate(certificateSpec({ subject }), key),
      ).rejects.toThrow(reason);
      await expect(
        issueAuthority(authoritySpec({ subject }), key, NOW),
      ).rejects.toThrow(reason);
    }
  });
});
