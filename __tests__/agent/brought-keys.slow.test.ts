import { createPublicKey } from "node:crypto";
import { rmSync } from "node:fs";
import {
  APISERVER,
  authority,
  certificate,
  copy,
  keyPair,
} from "./support/artefacts";
import { KEYS, type Kind, refusalOf, storeWith } from "./support/brought";
import { openssl, temporaryFile, verify } from "./support/openssl";
import { Workplace } from "./support/workplace";

const halfOf = (key: string): string =>
  openssl("pkey", "-in", temporaryFile(key), "-pubout");

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
