import { createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import {
  KEY_ALGORITHMS,
  type KeyAlgorithmName,
} from "../../lib/catalog/key-algorithms";
import { parseCertificate } from "../../lib/pki/certificates";
import {
  generateKey,
  keyAlgorithm,
  privatePem,
  publicPem,
  readPrivateKey,
} from "../../lib/pki/keys";
import {
  issueAuthority,
  issueCertificate,
  requestCertificate,
  isRequestFor,
} from "../../lib/pki/x509";
import type { CertificateSpec } from "../../lib/render/specs";
import { authoritySpec, certificateSpec } from "./support/artefacts";
import { openssl, temporaryFile, textOf, verify } from "./support/openssl";

const NOW = new Date();
const ALGORITHMS = Object.keys(KEY_ALGORITHMS) as KeyAlgorithmName[];
const keys = new Map<KeyAlgorithmName, KeyObject>();
const key = (algorithm: KeyAlgorithmName): KeyObject =>
  keys.get(algorithm) as KeyObject;

beforeAll(async () => {
  await Promise.all(
    ALGORITHMS.map(async (algorithm) =>
      keys.set(algorithm, await generateKey(algorithm)),
    ),
  );
});

const authorityOf = (
  keyAlgorithm: KeyAlgorithmName,
  spec: Partial<CertificateSpec> = {},
): Promise<string> =>
  issueAuthority(
    authoritySpec({ keyAlgorithm, ...spec }),
    key(keyAlgorithm),
    NOW,
  );

async function leafOf(
  authority: string,
  signer: KeyAlgorithmName,
  spec: Partial<CertificateSpec> = {},
) {
  const wanted = certificateSpec(spec);
  const issuer = {
    certificate: new X509Certificate(authority),
    key: key(signer),
  };
  return issueCertificate(wanted, key(wanted.keyAlgorithm), issuer, NOW);
}

describe.each(ALGORITHMS)("with %s", (algorithm) => {
  test("OpenSSL verifies a server's and a client's chain for their purpose", async () => {
    const authority = await authorityOf(algorithm);
    const both = {
      keyAlgorithm: algorithm,
      usages: ["serverAuth", "clientAuth"],
    } as const;
    const certificate = await leafOf(authority, algorithm, both);
    verify(certificate, authority, "sslserver");
    verify(certificate, authority, "sslclient");
  });

  test("OpenSSL refuses a client's certificate as a server's", async () => {
    const authority = await authorityOf(algorithm);
    const certificate = await leafOf(authority, algorithm, {
      usages: ["clientAuth"],
    });
    expect(() => verify(certificate, authority, "sslserver")).toThrow(
      /unsuitable certificate purpose|unsupported certificate purpose/,
    );
  });

  test("OpenSSL verifies a request, which asks for subject and names", async () => {
    const spec = certificateSpec({ keyAlgorithm: algorithm });
    const csr = await requestCertificate(spec, key(algorithm));
    const text = openssl(
      "req",
      "-in",
      temporaryFile(csr),
      "-noout",
      "-verify",
      "-text",
    );
    expect(text).toContain("Subject: CN = kube-apiserver");
    expect(text).toContain("DNS:kubernetes, IP Address:10.0.0.1");
    expect(isRequestFor(csr, spec, key(algorithm))).toBe(true);
    expect(
      isRequestFor(csr, certificateSpec({ names: [] }), key(algorithm)),
    ).toBe(false);
  });

  test("keys are in kubeadm's PEM forms and are read back", () => {
    const forms = {
      rsa: "RSA PRIVATE KEY",
      ec: "EC PRIVATE KEY",
      ed25519: "PRIVATE KEY",
    };
    const pem = privatePem(key(algorithm));
    expect(pem.split("\n")[0]).toBe(
      `-----BEGIN ${forms[KEY_ALGORITHMS[algorithm].type]}-----`,
    );
    expect(keyAlgorithm(readPrivateKey(pem) as KeyObject)).toBe(algorithm);
    expect(publicPem(key(algorithm))).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });
});

test.each([
  ["RSA-2048", "sha256WithRSAEncryption"],
  ["RSA-4096", "sha256WithRSAEncryption"],
  ["ECDSA-P256", "ecdsa-with-SHA256"],
  ["ECDSA-P384", "ecdsa-with-SHA384"],
  ["Ed25519", "ED25519"],
] as const)("a CA with %s signs with %s", async (algorithm, signature) => {
  expect(textOf(await authorityOf(algorithm))).toContain(
    `Signature Algorithm: ${signature}\n`,
  );
});

test("a CA certificate is as kubeadm makes it", async () => {
  const text = textOf(await authorityOf("ECDSA-P256"));
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
  expect(text).toMatch(
    /Key Usage: critical\s+Digital Signature, Certificate Sign\n/,
  );
  expect(text).toMatch(/Subject Key Identifier:\s+([0-9A-F]{2}:){19}/);
  expect(text).toMatch(/Alternative Name:\s+DNS:kubernetes\n/);
  expect(text).not.toContain("Authority Key Identifier");
});

test("a leaf has kubeadm's extensions and identifies its CA by its key", async () => {
  const authority = await authorityOf("ECDSA-P256");
  const text = textOf(await leafOf(authority, "ECDSA-P256"));
  expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
  expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/);
  const identifier = /Subject Key Identifier:\s+(\S+)/.exec(
    textOf(authority),
  )?.[1];
  expect(/Authority Key Identifier:\s+(\S+)/.exec(text)?.[1]).toBe(identifier);
});

describe.each(ALGORITHMS)("a key of the kind %s", (algorithm) => {
  const usage = algorithm.startsWith("RSA")
    ? "Digital Signature, Key Encipherment"
    : "Digital Signature";
  const usagesIn = (text: string): string | undefined =>
    /X509v3 Key Usage: critical\n\s+(.*)\n/.exec(text)?.[1];

  test("may encipher keys only if it is RSA, and never as a CA", async () => {
    const pem = await authorityOf(algorithm);
    const leaf = await leafOf(pem, algorithm, { keyAlgorithm: algorithm });
    expect(usagesIn(textOf(pem))).toBe("Digital Signature, Certificate Sign");
    expect(usagesIn(textOf(leaf))).toBe(usage);
  });

  test("requests its usages, and keeps them if another kind of key signs", async () => {
    const spec = certificateSpec({ keyAlgorithm: algorithm });
    const csr = await requestCertificate(spec, key(algorithm));
    const text = openssl("req", "-in", temporaryFile(csr), "-noout", "-text");
    expect(usagesIn(text)).toBe(usage);
    const signer = algorithm === "RSA-2048" ? "ECDSA-P384" : "RSA-2048";
    const leaf = await leafOf(await authorityOf(signer), signer, spec);
    expect(usagesIn(textOf(leaf))).toBe(usage);
  });
});

test("organizations come before the common name, as Go writes them", async () => {
  const subject = {
    commonName: "système:admin",
    organizations: ["b:masters", "a"],
  };
  const certificate = await leafOf(
    await authorityOf("ECDSA-P256"),
    "ECDSA-P256",
    { subject },
  );
  const shown = openssl(
    "x509",
    "-in",
    temporaryFile(certificate),
    "-noout",
    "-subject",
    "-nameopt",
    "utf8,sep_comma_plus_space",
  );
  expect(shown.trim()).toBe("subject=O=a + O=b:masters, CN=système:admin");
  expect(parseCertificate(certificate)?.subject).toEqual({
    commonName: "système:admin",
    organizations: ["a", "b:masters"],
  });
});

test("a lifetime past 2049 is encoded as GeneralizedTime", async () => {
  const authority = await authorityOf("ECDSA-P256", { validity: "876000h" });
  expect(parseCertificate(authority)?.notAfter.getUTCFullYear()).toBe(
    NOW.getUTCFullYear() + 100,
  );
  verify(await leafOf(authority, "ECDSA-P256"), authority, "sslserver");
});

test("the key of a CA without a key identifier is identified by its hash", async () => {
  const keyFile = temporaryFile(privatePem(key("ECDSA-P256")));
  const pem = openssl(
    "req",
    "-x509",
    "-key",
    keyFile,
    "-subj",
    "/CN=kubernetes",
    "-addext",
    "subjectKeyIdentifier=none",
    "-addext",
    "keyUsage=critical,keyCertSign",
  );
  expect(textOf(pem)).not.toContain("Subject Key Identifier");
  const identifier = /Subject Key Identifier:\s+(\S+)/.exec(
    textOf(await authorityOf("ECDSA-P256")),
  )?.[1];
  const leaf = await leafOf(pem, "ECDSA-P256");
  expect(/Authority Key Identifier:\s+(\S+)/.exec(textOf(leaf))?.[1]).toBe(
    identifier,
  );
  openssl("verify", "-CAfile", temporaryFile(pem), temporaryFile(leaf));
});

test("a CA from elsewhere signs too, although it has another kind of key", async () => {
  const [keyFile, certificateFile] = [temporaryFile(""), temporaryFile("")];
  const subject = "/C=DE/O=Acme/CN=Acme Root/emailAddress=ca@acme.example";
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:secp521r1",
    "-nodes",
    "-days",
    "9",
    "-subj",
    subject,
    "-addext",
    "keyUsage=critical,keyCertSign",
    "-keyout",
    keyFile,
    "-out",
    certificateFile,
  );
  const pem = openssl("x509", "-in", certificateFile);
  const issuer = {
    certificate: new X509Certificate(pem),
    key: readPrivateKey(openssl("pkey", "-in", keyFile)) as KeyObject,
  };
  const certificate = await issueCertificate(
    certificateSpec(),
    key("ECDSA-P256"),
    issuer,
    NOW,
  );
  verify(certificate, pem, "sslserver");
  expect(
    createPublicKey(certificate).equals(createPublicKey(key("ECDSA-P256"))),
  ).toBe(true);
});
