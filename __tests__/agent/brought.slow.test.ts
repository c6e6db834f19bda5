import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { rmSync } from "node:fs";
import { parseCertificate } from "../../lib/pki/certificates";
import { publicPem } from "../../lib/pki/keys";
import { issueAuthority } from "../../lib/pki/x509";
import type { ArtefactRequest } from "../../lib/request/artefact";
import {
  APISERVER,
  authority,
  authoritySpec,
  certificate,
  copy,
  keyPair,
} from "./support/artefacts";
import { openssl, temporaryFile, verify } from "./support/openssl";
import { Workplace, refusal } from "./support/workplace";

/** A private key as OpenSSL writes it. */
const KEYS = {
  "RSA-2048": () => openssl("genrsa", "-traditional", "2048"),
  "RSA-3072": () => openssl("genrsa", "3072"),
  "RSA-1024": () => openssl("genrsa", "1024"),
  "ECDSA-P256": () => curve("prime256v1"),
  "ECDSA-P384": () => curve("secp384r1"),
  "ECDSA-P521": () => curve("secp521r1"),
  "ECDSA-secp256k1": () => curve("secp256k1"),
  "ECDSA with explicit parameters": () =>
    curve("prime256v1", "-param_enc", "explicit"),
  Ed25519: () => openssl("genpkey", "-algorithm", "ED25519"),
  "rsa-pss": () => openssl("genpkey", "-algorithm", "RSA-PSS"),
} as const;
type Kind = keyof typeof KEYS;

const curve = (name: string, ...options: string[]): string =>
  openssl("ecparam", "-name", name, "-genkey", "-noout", ...options);

const halfOf = (key: string): string =>
  openssl("pkey", "-in", temporaryFile(key), "-pubout");

/** A store with these files, which the user put there before the first apply. */
function storeWith(
  files: Readonly<Record<string, string | Buffer>>,
): Workplace {
  const place = new Workplace();
  for (const [path, content] of Object.entries(files))
    place.write(path, content, path.endsWith(".key") ? 0o600 : 0o644);
  return place;
}

/** Runs a batch that has to fail, without advice for other causes (a changed program, a lost file). */
async function refusalOf(
  place: Workplace,
  artefact: ArtefactRequest,
): Promise<string> {
  const message = await refusal(place, [artefact]);
  expect(message).not.toMatch(/Undo the change|Restore both of its files/);
  return message;
}

describe("a file with several public keys, as after a rotation of the service account key", () => {
  const key = KEYS["RSA-2048"]();
  const earlier = KEYS["RSA-2048"]();
  const ON_NODE = "nodes/cp-1/root/etc/kubernetes/pki/sa.pub";
  const toNode = copy("pki/sa.pub", ON_NODE);
  const certificateOf = (pem: string): string =>
    openssl("req", "-x509", "-key", temporaryFile(pem), "-subj", "/CN=old");

  test.each([
    ["the earlier key after the present one", halfOf(key) + halfOf(earlier)],
    ["the earlier key first", halfOf(earlier) + halfOf(key)],
    ["a key of another kind", halfOf(key) + halfOf(KEYS["ECDSA-P256"]())],
    ["a short key of long ago", halfOf(KEYS["RSA-1024"]()) + halfOf(key)],
    ["words between them", `# now\n${halfOf(key)}\n# old\n${halfOf(earlier)}`],
    ["a certificate", halfOf(key) + certificateOf(earlier)],
    ["another system's line ends", halfOf(key).replace(/\n/g, "\r\n")],
  ])("is kept to the byte, and reaches the node: %s", async (_, publicKeys) => {
    const place = storeWith({ "pki/sa.key": key, "pki/sa.pub": publicKeys });
    await place.batch([keyPair("RSA-2048"), toNode]);
    await place.batch([keyPair("RSA-2048"), toNode]);

    expect(place.read("pki/sa.key")).toBe(key);
    expect(place.read("pki/sa.pub")).toBe(publicKeys);
    expect(place.read(ON_NODE)).toBe(publicKeys);
  });

  test("is accepted in an existing store, with another private key if the stamp is deleted", async () => {
    const place = new Workplace();
    await place.batch([keyPair("RSA-2048"), toNode]);
    const before = place.read("pki/sa.pub");
    const both = halfOf(key) + before;
    place.write("pki/sa.key", key, 0o600);
    place.write("pki/sa.pub", both);
    rmSync(place.path(".stamps/pki/sa.key.json"));

    await place.batch([keyPair("RSA-2048"), toNode]);

    expect(place.read("pki/sa.key")).toBe(key);
    expect(place.read(ON_NODE)).toBe(both);
  });

  const whole = halfOf(key);
  test.each([
    ["lacks the key that signs", halfOf(earlier), /lacks the public half/],
    [
      "holds a private key too",
      whole + key,
      /one of its blocks is "RSA PRIVATE KEY"/,
    ],
    [
      "is in UTF-16",
      Buffer.from(`\ufeff${whole}`, "utf16le"),
      /it holds no key in PEM form/,
    ],
    [
      "is in DER",
      createPublicKey(whole).export({ type: "spki", format: "der" }),
      /it holds no key in PEM form/,
    ],
    [
      "holds a private key of another form",
      whole + KEYS["RSA-3072"](),
      /one of its blocks is "PRIVATE KEY"/,
    ],
    [
      "holds a key in a form that Kubernetes skips",
      whole +
        openssl("rsa", "-in", temporaryFile(earlier), "-RSAPublicKey_out"),
      /one of its blocks is "RSA PUBLIC KEY"/,
    ],
    [
      "holds a key of a kind that Kubernetes skips",
      whole + halfOf(KEYS.Ed25519()),
      /of the kind Ed25519, which Kubernetes does not read/,
    ],
    [
      "holds a key with explicit parameters",
      whole + halfOf(KEYS["ECDSA with explicit parameters"]()),
      /of the kind ECDSA with explicit parameters/,
    ],
    [
      "holds a key that is cut off",
      whole + halfOf(earlier).slice(0, 200),
      /one of its keys is incomplete/,
    ],
    [
      "lacks the line break between two keys",
      whole.trimEnd() + halfOf(earlier),
      /one of its keys is incomplete/,
    ],
    [
      "holds a key that is damaged",
      whole + halfOf(earlier).replace(/^MII.{30}/m, ""),
      /one of its keys cannot be read/,
    ],
  ])("fails when it %s", async (_, publicKeys, reason) => {
    const place = storeWith({ "pki/sa.key": key, "pki/sa.pub": publicKeys });
    const message = await refusalOf(place, keyPair("RSA-2048"));
    expect(message).toMatch(/^\S*pki\/sa.pub cannot be used: /);
    expect(message).toMatch(reason);
    expect(message).toMatch(/only want the public half of \S*pki\/sa.key,/);
  });
});

describe("a private key of another algorithm than the program asks for", () => {
  const certificateFor = (key: string): string =>
    openssl(
      "req",
      "-x509",
      "-key",
      temporaryFile(key),
      "-days",
      "3650",
      "-subj",
      "/CN=kubernetes",
      "-addext",
      "subjectAltName=DNS:kubernetes",
      "-addext",
      "keyUsage=critical,keyCertSign",
    );

  const TAKEN: readonly Kind[] = [
    ...(["RSA-2048", "RSA-3072"] as const),
    ...(["ECDSA-P256", "ECDSA-P384", "ECDSA-P521"] as const),
  ];
  test.each(TAKEN)("keeps signing tokens: %s", async (kind) => {
    const key = KEYS[kind]();
    const place = storeWith({ "pki/sa.key": key });
    const asked = kind === "RSA-2048" ? "ECDSA-P256" : "RSA-2048";

    await place.batch([keyPair(asked)]);
    await place.batch([keyPair(asked)]);
    await place.batch([keyPair("RSA-4096")]);

    expect(place.read("pki/sa.key")).toBe(key);
    expect(place.read("pki/sa.pub")).toBe(halfOf(key));
  });

  test.each(TAKEN)("keeps signing certificates: %s", async (kind) => {
    const key = KEYS[kind]();
    const pem = certificateFor(key);
    const place = storeWith({ "pki/ca.key": key, "pki/ca.crt": pem });
    const asked = kind === "RSA-2048" ? "ECDSA-P256" : "RSA-2048";
    const artefacts = [authority({ keyAlgorithm: asked }), certificate()];

    await place.batch(artefacts);
    await place.batch(artefacts);

    expect(place.read("pki/ca.key")).toBe(key);
    expect(place.read("pki/ca.crt")).toBe(pem);
    verify(place.read(`${APISERVER}.crt`), pem, "sslserver");
  });

  const REFUSED: readonly Kind[] = [
    ...(["RSA-1024", "rsa-pss", "Ed25519", "ECDSA-secp256k1"] as const),
    "ECDSA with explicit parameters",
  ];
  test.each(REFUSED)("fails if Kubernetes cannot use it: %s", async (kind) => {
    const key = KEYS[kind]();
    for (const [path, artefact] of [
      ["pki/sa.key", keyPair()],
      ["pki/ca.key", authority()],
    ] as const) {
      const message = await refusalOf(storeWith({ [path]: key }), artefact);
      expect(message).toContain(`is a key of the kind ${kind}.`);
      expect(message).toContain("Allowed are RSA with at least 2048 bits");
    }
  });

  test("fails if the library made it and the program now asks for another algorithm", async () => {
    const place = new Workplace();
    await place.batch([keyPair("ECDSA-P256")]);
    await expect(place.batch([keyPair("ECDSA-P384")])).rejects.toThrow(
      /holds a key of the kind ECDSA-P256; the program now asks for ECDSA-P384/,
    );
  });
});

describe("a private key with a passphrase", () => {
  const encrypted = (...options: string[]): string =>
    openssl(
      "pkey",
      "-in",
      temporaryFile(KEYS["ECDSA-P256"]()),
      "-aes256",
      "-passout",
      "pass:secret",
      ...options,
    );
  const FORMS = {
    "PKCS #8": encrypted(),
    "SEC 1": encrypted("-traditional"),
    "PKCS #1": openssl(
      "rsa",
      "-in",
      temporaryFile(KEYS["RSA-2048"]()),
      "-aes256",
      "-passout",
      "pass:secret",
      "-traditional",
    ),
  };
  test.each(Object.entries(FORMS))(
    "fails with the command that removes it: %s",
    async (_, key) => {
      for (const [path, artefact] of [
        ["pki/sa.key", keyPair()],
        ["pki/ca.key", authority()],
      ] as const) {
        const message = await refusalOf(storeWith({ [path]: key }), artefact);
        expect(message).toMatch(/cannot be used: it has a passphrase/);
        expect(message).toMatch(/openssl pkey -in \S+\.key -out/);
      }
    },
  );
});

describe("a CA that the user put into the store", () => {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = (subject: string): string =>
    openssl("req", "-x509", "-key", keyFile, "-days", "9", "-subj", subject);
  const keyText = key.privateKey.export({ format: "pem", type: "sec1" });
  const keyFile = temporaryFile(keyText);
  const brought = (certificatePem: string): Workplace =>
    storeWith({ "pki/ca.key": String(keyText), "pki/ca.crt": certificatePem });

  test.each([
    ["/CN=acme", "CN=acme"],
    ["/CN=Kubernetes", "CN=Kubernetes"],
    ["/C=DE/O=Acme/CN=acme", "C=DE, O=Acme, CN=acme"],
    ["/CN=kubernetes/CN=acme", "CN=kubernetes, CN=acme"],
    ["/O=Acme", "O=Acme"],
  ])(
    "fails if its name is different, and says how to use a CA with any name: %s",
    async (subject, shown) => {
      const message = await refusalOf(brought(pem(subject)), authority());
      expect(message).toContain(`has the name "${shown}".`);
      expect(message).toContain('has to be "kubernetes"');
      expect(message).toContain("CertificateAuthority.fromFiles");
    },
  );

  test("fails if it is not valid yet, and says what time it is", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    const early = await issueAuthority(
      authoritySpec(),
      key.privateKey as KeyObject,
      tomorrow,
    );
    const place = brought(early);
    const message = await refusalOf(place, authority());
    expect(message).toMatch(
      /is not valid before \S+Z. The clock of this machine says \S+Z/,
    );
    await place.batch([authority(), certificate()], { now: tomorrow });
    expect(place.read("pki/ca.crt")).toBe(early);
    expect(parseCertificate(place.read(`${APISERVER}.crt`))).toBeDefined();
  });

  test("fails if the clock was set back to before it became valid", async () => {
    const place = new Workplace();
    await place.batch([authority()]);
    const yesterday = new Date(Date.now() - 86_400_000);
    await expect(
      place.batch([certificate()], { now: yesterday }),
    ).rejects.toThrow(/is not valid before .* The clock of this machine says/);
  });

  test.each([
    ["its key does not belong to it", { "pki/ca.key": KEYS["ECDSA-P256"]() }],
    [
      "it holds PUBLIC KEY and no certificate",
      { "pki/ca.crt": publicPem(key.privateKey) },
    ],
    ["it is not a private key in PEM form", { "pki/ca.key": pem("/CN=x") }],
  ])("fails if %s, and does not mention a backup", async (reason, file) => {
    const place = storeWith({
      "pki/ca.key": String(keyText),
      "pki/ca.crt": pem("/CN=kubernetes"),
      ...file,
    });
    const message = await refusalOf(place, authority());
    expect(message).toContain(`cannot be used: ${reason}.`);
    expect(message).not.toContain("backup");
  });

  test("fails if its key is missing, and says how to use a CA without its key", async () => {
    const place = storeWith({ "pki/ca.crt": pem("/CN=kubernetes") });
    expect(await refusalOf(place, authority())).toContain(
      "CertificateAuthority.external",
    );
  });
});
