import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { parseCertificates } from "../../lib/pki/certificates";
import { hasValidCredentials } from "../../lib/agent/rollout/kubelet-credentials";
import { inspect } from "../../lib/cli/report/inspect";
import {
  APISERVER,
  authority,
  certificate,
  copy,
  kubeconfig,
  importedAuthority,
} from "../agent/support/artefacts";
import {
  openssl,
  temporaryFile,
  textOf,
  verify,
} from "../agent/support/openssl";
import { Workplace, refusal } from "../agent/support/workplace";
import {
  AUTHORITY_EXTENSIONS,
  countCertificates,
  nameBytes,
  opensslAuthority,
  opensslChain,
  type OpensslAuthority,
  type OpensslPair,
} from "./support/openssl-authorities";

const LEAF = `${APISERVER}.crt`;

/** A store in whose `pki/` a user put a CA. */
function withAuthority(pair: OpensslPair): Workplace {
  const place = new Workplace();
  place.write("pki/ca.crt", pair.certificate);
  place.write("pki/ca.key", pair.key, 0o600);
  return place;
}

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

describe("only the certificates of a user's file are used", () => {
  const pair = opensslAuthority();
  const plain = pair.certificate;

  const der = (pem: string): Buffer => new X509Certificate(pem).raw;
  const converted = (...args: string[]): string =>
    openssl("x509", "-in", temporaryFile(plain), ...args);

  test.each<[string, string | Buffer]>([
    ["with the key behind it", plain + pair.key],
    ["with the key before it", pair.key + plain],
    ["with OpenSSL's text before it", converted("-text")],
    ["with a byte order mark", `\ufeff${plain}`],
    ["in UTF-16", Buffer.from(`\ufeff${plain}`, "utf16le")],
    ["with Windows line breaks", plain.replace(/\n/g, "\r\n")],
    ["without a final line break", plain.trimEnd()],
    ["in DER", der(plain)],
    [
      "as a TRUSTED CERTIFICATE",
      converted("-trustout", "-addtrust", "clientAuth", "-setalias", "x"),
    ],
    [
      "as an X509 CERTIFICATE",
      plain.replace(/CERTIFICATE/g, "X509 CERTIFICATE"),
    ],
    ["twice", plain + plain],
    [
      "in DER with a line break",
      Buffer.concat([der(plain), Buffer.from("\n")]),
    ],
    [
      "with bag attributes",
      `Bag Attributes\n    localKeyID: 01\nsubject=CN=kubernetes\n${plain}`,
    ],
  ])("%s, it is accepted and encoded again", async (_, content) => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({ certificate: content, key: pair.key }),
      certificate(),
      kubeconfig(),
      copy("pki/ca.crt", "nodes/cp-1/root/ca.crt"),
    ]);
    expect(place.read("pki/ca.crt")).toBe(plain);
    expect(place.read("nodes/cp-1/root/ca.crt")).toBe(plain);
    expect(place.read("kubeconfigs/admin.conf")).toContain(
      Buffer.from(plain).toString("base64"),
    );
    verify(place.read(LEAF), plain, "sslserver");
  });

  test("this also applies to a file in the store, and the run reports it", async () => {
    const place = withAuthority({ ...pair, certificate: plain + pair.key });
    const lines = await place.batch([authority(), certificate()]);
    expect(lines[0]).toMatch(
      /the private key that was in the file is left out/,
    );
    expect(place.read("pki/ca.crt")).toBe(plain);
  });

  test("fails when a certificate file in the store contains a foreign key, which would be lost", async () => {
    const other = opensslAuthority();
    const place = withAuthority({
      ...pair,
      certificate: plain + other.key,
    });
    expect(await refusal(place, [authority()])).toMatch(
      /it contains a private key that cannot be read or belongs to another certificate/,
    );
  });

  test.each<[string, string | Buffer, RegExp]>([
    ["only a key", pair.key, /it holds PRIVATE KEY and no certificate/],
    ["something else", "hello", /it is not a certificate in PEM form/],
    [
      "a request",
      openssl("req", "-new", "-key", temporaryFile(pair.key), "-subj", "/CN=x"),
      /it holds CERTIFICATE REQUEST and no certificate/,
    ],
    [
      "PKCS #7",
      openssl("crl2pkcs7", "-nocrl", "-certfile", temporaryFile(plain)),
      /it holds PKCS7 and no certificate/,
    ],
    [
      "DER that is not a certificate",
      Buffer.from("3003020101", "hex"),
      /it is neither PEM nor a certificate in DER/,
    ],
    [
      "a foreign certificate in DER behind its own",
      Buffer.concat([der(plain), der(opensslAuthority().certificate)]),
      /its certificate 2, CN=kubernetes, does not belong to the chain/,
    ],
    [
      "a truncated certificate",
      `${plain.slice(0, 200)}\n-----END CERTIFICATE-----\n`,
      /no certificate|cannot be read/,
    ],
    [
      "a truncated second certificate",
      `${plain}${plain.slice(0, 200)}`,
      /a certificate in it cannot be read/,
    ],
    [
      "a certificate that begins again before its end",
      `${plain.slice(0, 200)}\n${plain}`,
      /a certificate in it cannot be read/,
    ],
    [
      "a certificate with invalid characters",
      plain.replace(/^MII/m, "M*I"),
      /a certificate in it cannot be read/,
    ],
  ])("fails when it contains %s", async (_, content, reason) => {
    expect(
      await refusal(new Workplace(), [
        importedAuthority({ certificate: content }),
      ]),
    ).toMatch(reason);
  });
});

describe("fails when the key file contains", () => {
  const pair = opensslAuthority();
  const explicit = openssl(
    "ec",
    "-in",
    temporaryFile(pair.key),
    "-param_enc",
    "explicit",
  );
  const encrypted = openssl(
    "pkcs8",
    "-topk8",
    "-in",
    temporaryFile(pair.key),
    "-passout",
    "pass:x",
  );

  test.each<[string, string, RegExp]>([
    ["a byte order mark", `\ufeff${pair.key}`, /such as a byte order mark/],
    [
      "another private key behind it",
      pair.key + opensslAuthority().key,
      /it contains 2 private keys/,
    ],
    ["a curve with explicit parameters", explicit, /explicit parameters/],
    ["a key with a passphrase", encrypted, /it has a passphrase/],
  ])("%s", async (_, key, reason) => {
    expect(
      await refusal(new Workplace(), [importedAuthority({ ...pair, key })]),
    ).toMatch(reason);
    expect(
      await refusal(withAuthority({ ...pair, key }), [authority()]),
    ).toMatch(reason);
  });
});

describe("a chain that cannot be verified up to the root is accepted with a warning:", () => {
  const root = opensslAuthority({ subject: "/CN=Root" });
  const [constraints, ...others] = AUTHORITY_EXTENSIONS;

  test.each<[string, OpensslAuthority, RegExp]>([
    ["expired", { days: -1 }, /CN=Middle: it expired at/],
    ["signed with SHA-1", { more: ["-sha1"] }, /CN=Middle: .* SHA-1/],
    [
      "too short a path",
      { extensions: [`${constraints}, pathlen:0`, ...others] },
      /CN=Middle: the path length/,
    ],
  ])("%s", async (_, made, reason) => {
    const middle = opensslAuthority({
      subject: "/CN=Middle",
      signer: root,
      ...made,
    });
    const issuer = opensslAuthority({ signer: middle });
    const whole = [issuer, middle, root].map((one) => one.certificate).join("");
    const runs = [
      await new Workplace().batch([
        importedAuthority({ certificate: whole, key: issuer.key }),
      ]),
      await withAuthority({ ...issuer, certificate: whole }).batch([
        authority(),
      ]),
    ];
    for (const [line] of runs) {
      expect(line).toMatch(/clients that trust only its root cannot verify/);
      expect(line).toMatch(reason);
    }
  });
});

describe("fails when Kubernetes would not accept the CA:", () => {
  const rsa = (bits: number) => ["rsa:" + String(bits)];
  const curve = (...options: string[]) => [
    "ec",
    ...options.flatMap((option) => ["-pkeyopt", option]),
  ];

  test.each<[string, OpensslAuthority, RegExp]>([
    ["RSA with 1024 bits", { newKey: rsa(1024) }, /its key is RSA-1024/],
    ["RSA with 1536 bits", { newKey: rsa(1536) }, /its key is RSA-1536/],
    [
      "a curve with explicit parameters",
      { newKey: curve("ec_paramgen_curve:P-256", "ec_param_enc:explicit") },
      /explicit parameters/,
    ],
    [
      "a curve that Go does not have",
      { newKey: curve("ec_paramgen_curve:secp256k1") },
      /secp256k1/,
    ],
    ["version 1", { extensions: [] }, /its X\.509 version is 1/],
    [
      "no basic constraints",
      { extensions: ["subjectKeyIdentifier = hash"] },
      /it is not a CA certificate/,
    ],
    ["an empty name", { subject: "/" }, /its name is empty/],
    [
      "basic constraints of a leaf certificate",
      { extensions: ["basicConstraints = CA:false"] },
      /it is not a CA certificate/,
    ],
    [
      "a key usage without signing",
      { extensions: ["basicConstraints = CA:true", "keyUsage = cRLSign"] },
      /its key usage does not allow it to sign/,
    ],
    [
      "a negative serial number",
      { more: ["-set_serial", "-5"] },
      /its serial number is negative/,
    ],
    [
      "a critical extension that Go does not know",
      { extensions: [...AUTHORITY_EXTENSIONS, "1.2.3.4 = critical, DER:0500"] },
      /the critical extension 1.2.3.4/,
    ],
    [
      "critical constraints of directory names",
      {
        extensions: [
          ...AUTHORITY_EXTENSIONS,
          "nameConstraints = critical, permitted;dirName:dir",
          "[dir]",
          "C = DE",
        ],
      },
      /name constraints restrict kinds of names/,
    ],
  ])("%s", async (_, made, reason) => {
    const pair = opensslAuthority(made);
    expect(await refusal(new Workplace(), [importedAuthority(pair)])).toMatch(
      reason,
    );
    // The same for a CA in the store. Other keys are refused before, because they differ from the program's algorithm.
    if (made.newKey === undefined)
      expect(await refusal(withAuthority(pair), [authority()])).toMatch(reason);
  });
});

test("fails when its name has a string type that Go cannot read", async () => {
  const { certificate: pem } = opensslAuthority();
  const der = new X509Certificate(pem).raw.toString("latin1");
  // Changes UTF8String to VisibleString, and to invalid UTF-8, which OpenSSL cannot read either.
  for (const other of ["\x1a\nkubernetes", "\x0c\nkubernete\xff"]) {
    const changed = Buffer.from(
      der.replaceAll("\x0c\nkubernetes", other),
      "latin1",
    );
    expect(
      await refusal(new Workplace(), [
        importedAuthority({ certificate: changed }),
      ]),
    ).toMatch(
      /its name has a CN with a string type|it is neither PEM nor a certificate in DER/,
    );
  }
});

describe("the constraints of a CA", () => {
  const limited = (...extensions: string[]): Workplace =>
    withAuthority(
      opensslAuthority({
        extensions: [...AUTHORITY_EXTENSIONS, ...extensions],
      }),
    );

  test.each<[string, string, RegExp]>([
    [
      "usages without the one for servers",
      "extendedKeyUsage = clientAuth",
      /the extended key usages of CN=kubernetes \(clientAuth\) exclude serverAuth/,
    ],
    ["unknown usages", "extendedKeyUsage = 1.2.3.4", /exclude serverAuth/],
    [
      "names other than the cluster's",
      "nameConstraints = permitted;DNS:example.com",
      /the name constraints of CN=kubernetes exclude the name kubernetes/,
    ],
    [
      "addresses other than the cluster's",
      "nameConstraints = critical, permitted;IP:192.168.0.0/255.255.0.0",
      /exclude the name 10.0.0.1/,
    ],
    [
      "an exclusion of the cluster's addresses",
      "nameConstraints = excluded;IP:10.0.0.0/255.0.0.0",
      /exclude the name 10.0.0.1/,
    ],
    [
      "an exclusion of the cluster's names",
      "nameConstraints = excluded;DNS:kubernetes",
      /exclude the name kubernetes/,
    ],
  ])("are reported when they are %s", async (_, extension, reason) => {
    const message = await refusal(limited(extension), [
      authority(),
      certificate(),
    ]);
    expect(message).toMatch(reason);
    expect(message).toContain("cannot sign the serving certificate");
  });

  test.each([
    "extendedKeyUsage = serverAuth, clientAuth",
    "nameConstraints = critical, permitted;IP:10.0.0.0/255.0.0.0",
    "nameConstraints = permitted;DNS:kubernetes, permitted;IP:10.0.0.0/255.255.255.0",
    "nameConstraints = excluded;DNS:example.com, excluded;IP:192.168.0.0/255.255.0.0",
  ])("are accepted if the certificates comply: %s", async (extension) => {
    const place = limited(extension);
    await place.batch([authority(), certificate()]);
    verify(place.read(LEAF), place.read("pki/ca.crt"), "sslserver");
  });
});

describe("a CA that comes with the CAs above it", () => {
  const { root, middle, issuer } = opensslChain();
  const pem = (...pairs: readonly OpensslPair[]): string =>
    pairs.map((pair) => pair.certificate).join("");
  const whole = pem(issuer, middle, root);

  test("is trusted alone, and its certificates are served with the chain, without the root", async () => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
      kubeconfig(),
    ]);
    expect(place.read("pki/ca.crt")).toBe(issuer.certificate);
    expect(place.read("pki/ca-chain.crt")).toBe(whole);
    const served = place.read(LEAF);
    expect(countCertificates(served)).toBe(3);
    expect(served.endsWith(pem(issuer, middle))).toBe(true);
    openssl(
      "verify",
      "-CAfile",
      temporaryFile(root.certificate),
      "-untrusted",
      temporaryFile(served),
      temporaryFile(served),
    );
    const before = place.contents();
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
      kubeconfig(),
    ]);
    expect(place.contents()).toEqual(before);
  });

  test("is trusted with them if the user chooses that, and a node has its own certificate in a separate file", async () => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({
        certificate: whole,
        key: issuer.key,
        trustChain: true,
      }),
      {
        ...copy("pki/ca.crt", "nodes/cp-1/root/ca-issuer.crt"),
        spec: "issuer of pki/ca.crt",
      },
      {
        ...copy("pki/ca.crt", "nodes/cp-1/root/ca-chain.crt"),
        spec: "chain of pki/ca.crt",
      },
      certificate(),
    ]);
    expect(place.read("pki/ca.crt")).toBe(whole);
    expect(place.files()).not.toContain("pki/ca-chain.crt");
    expect(place.read("nodes/cp-1/root/ca-issuer.crt")).toBe(
      issuer.certificate,
    );
    expect(place.read("nodes/cp-1/root/ca-chain.crt")).toBe(whole);
    expect(countCertificates(place.read(LEAF))).toBe(3);
  });

  test("keeps its certificates when the trust changes and changes back", async () => {
    const place = new Workplace();
    const kept = importedAuthority({ certificate: whole, key: issuer.key });
    const trusted = importedAuthority({
      certificate: whole,
      key: issuer.key,
      trustChain: true,
    });
    await place.batch([kept, certificate()]);
    const before = place.contents();
    await place.batch([trusted, certificate()]);
    expect(place.read(LEAF)).toBe(before.get(LEAF));
    await place.batch([kept, certificate()]);
    expect(place.contents()).toEqual(before);
  });

  test("may come without them: then certificates are served with its own", async () => {
    const place = withAuthority(issuer);
    await place.batch([authority(), certificate()]);
    expect(place.read(LEAF).endsWith(issuer.certificate)).toBe(true);
    expect(countCertificates(place.read(LEAF))).toBe(2);
  });

  test("may be put into the store with them, and its chain is kept", async () => {
    const place = withAuthority({ ...issuer, certificate: whole });
    await place.batch([authority(), certificate()]);
    expect(place.read("pki/ca.crt")).toBe(issuer.certificate);
    expect(place.read("pki/ca-chain.crt")).toBe(whole);
    const before = place.contents();
    await place.batch([authority(), certificate()]);
    expect(place.contents()).toEqual(before);
  });

  test("adds its chain to an existing certificate, without a new key", async () => {
    const place = new Workplace();
    const alone = importedAuthority({
      certificate: issuer.certificate,
      key: issuer.key,
    });
    await place.batch([alone, certificate()]);
    const [key, leaf] = [place.read(`${APISERVER}.key`), place.read(LEAF)];
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
    ]);
    expect(place.read(`${APISERVER}.key`)).toBe(key);
    expect(place.read(LEAF)).toBe(leaf + middle.certificate);
  });

  test("fails when the file with its chain is missing in the store", async () => {
    const place = new Workplace();
    await place.batch(
      [importedAuthority({ certificate: whole, key: issuer.key })],
      {
        batch: "ca",
      },
    );
    rmSync(place.path("pki/ca-chain.crt"));
    expect(await refusal(place, [certificate()])).toMatch(
      /pki\/ca-chain.crt is missing/,
    );
  });

  test.each<[string, string, RegExp]>([
    [
      "the root comes first",
      pem(root, middle, issuer),
      /not the first: put that one first|not in order/,
    ],
    [
      "two are swapped",
      pem(issuer, root, middle),
      /after C=DE, CN=kubernetes has to come C=DE, O=Example, CN=Middle, which signed it, and not C=DE, O=Example, CN=Root/,
    ],
    [
      "one is missing",
      pem(issuer, root),
      /the certificate of C=DE, O=Example, CN=Middle, which signed C=DE, CN=kubernetes, is missing/,
    ],
    [
      "a foreign certificate comes last",
      pem(issuer, middle, root, opensslAuthority({ subject: "/CN=other" })),
      /its certificate 4, CN=other, does not belong to the chain/,
    ],
    [
      "a CA above has version 1",
      pem(...oldRoot()),
      /of its CN=old, its X\.509 version is 1/,
    ],
  ])("fails when %s", async (_, certificates, reason) => {
    expect(
      await refusal(new Workplace(), [
        importedAuthority({ certificate: certificates }),
      ]),
    ).toMatch(reason);
  });

  function oldRoot(): OpensslPair[] {
    const old = opensslAuthority({ subject: "/CN=old", extensions: [] });
    return [opensslAuthority({ signer: old }), old];
  }
});

describe("inspect reports", () => {
  const { root, middle, issuer } = opensslChain();
  const whole = [issuer, middle, root].map((each) => each.certificate).join("");
  const inspected = (place: Workplace) =>
    inspect([place.store.directory], { json: false });

  test.each([false, true])(
    "no problem with a CA below a root (trusted: %s)",
    async (trustChain) => {
      const place = new Workplace();
      await place.batch([
        importedAuthority({ certificate: whole, key: issuer.key, trustChain }),
        certificate(),
        kubeconfig(),
      ]);
      expect(inspected(place)).toMatchObject({ exitCode: 0 });
    },
  );

  test("no problem with a CA that was put into the store without the CAs above it", async () => {
    const place = withAuthority(issuer);
    await place.batch([authority(), certificate()]);
    expect(inspected(place)).toMatchObject({ exitCode: 0 });
  });

  test("a missing chain file", async () => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
    ]);
    rmSync(place.path("pki/ca-chain.crt"));
    expect(inspected(place).text).toContain("pki/ca-chain.crt");
    expect(inspected(place).exitCode).toBe(2);
  });
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

describe("with an external CA", () => {
  const { root, middle, issuer } = opensslChain();
  const EXTERNAL = {
    issuer: { certificate: "pki/ca.crt" },
    inputs: ["pki/ca.crt"],
  };
  const wanted = certificate({}, EXTERNAL);

  async function waiting(of: OpensslPair): Promise<Workplace> {
    const place = new Workplace();
    await place.batch([importedAuthority({ certificate: of.certificate })], {
      batch: "ca",
    });
    await place.batch([wanted]);
    return place;
  }

  function sign(place: Workplace, by: OpensslPair): string {
    return execFileSync(
      "openssl",
      [
        "x509",
        "-req",
        "-in",
        place.path(`pending/${APISERVER}.csr`),
        "-CA",
        temporaryFile(by.certificate),
        "-CAkey",

        temporaryFile(by.key),
        "-days",
        "90",
        "-copy_extensions",
        "copyall",
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
  }

  const handIn = (place: Workplace, ...parts: readonly string[]) => {
    place.write(`pending/${APISERVER}.crt`, parts.join(""));
    return place.batch([wanted]);
  };

  const complaint = (place: Workplace): string | undefined =>
    (
      JSON.parse(readFileSync(place.path(`.stamps/${LEAF}.json`), "utf8")) as {
        pending?: { reason?: string };
      }
    ).pending?.reason;

  test.each([
    ["without the root", [issuer, middle]],
    ["with the root", [issuer, middle, root]],
  ])("a chain below its root is accepted and kept, %s", async (_, chain) => {
    const place = await waiting(root);
    const leaf = sign(place, issuer);
    await handIn(place, leaf, ...chain.map((each) => each.certificate));
    expect(place.read(LEAF)).toBe(
      leaf + issuer.certificate + middle.certificate,
    );
    const before = place.contents();
    await place.batch([wanted]);
    expect(place.contents()).toEqual(before);
  });

  test("a certificate that it signed directly needs no chain", async () => {
    const place = await waiting(root);
    const leaf = sign(place, root);
    await handIn(place, leaf);
    expect(place.read(LEAF)).toBe(leaf);
  });

  test.each<[string, (leaf: string) => string[], RegExp]>([
    [
      "a link is missing",
      (leaf) => [leaf, issuer.certificate],
      /the certificate of C=DE, O=Example, CN=Middle, which signed C=DE, CN=kubernetes, is missing: append it/,
    ],
    [
      "the first link is missing",
      (leaf) => [leaf, middle.certificate],
      /the certificate of C=DE, CN=kubernetes, which signed CN=kube-apiserver, is missing/,
    ],
    [
      "all links are missing",
      (leaf) => [leaf],
      /it is signed by C=DE, CN=kubernetes, not by C=DE, O=Example, CN=Root/,
    ],
    [
      "the links are swapped",
      (leaf) => [leaf, middle.certificate, issuer.certificate],
      /not in order: after CN=kube-apiserver has to come C=DE, CN=kubernetes/,
    ],
    [
      "the certificate comes last",
      (leaf) => [issuer.certificate, middle.certificate, leaf],
      /the one that belongs to its key has to come first/,
    ],
    [
      "a foreign certificate comes with it",
      (leaf) => [
        leaf,
        issuer.certificate,
        middle.certificate,
        opensslAuthority({ subject: "/CN=other" }).certificate,
      ],
      /CN=other/,
    ],
  ])("reports when %s", async (_, parts, reason) => {
    const place = await waiting(root);
    await handIn(place, ...parts(sign(place, issuer)));
    expect(complaint(place)).toMatch(reason);
    expect(place.files()).not.toContain(LEAF);
  });

  test("reports a CA in the chain that may not sign for the purpose", async () => {
    const narrow = opensslAuthority({
      subject: "/CN=narrow",
      signer: root,
      extensions: [...AUTHORITY_EXTENSIONS, "extendedKeyUsage = clientAuth"],
    });
    const place = await waiting(root);
    await handIn(place, sign(place, narrow), narrow.certificate);
    expect(complaint(place)).toMatch(
      /usages of CN=narrow .* exclude serverAuth/,
    );
  });

  test("reports a CA in the chain that allows no CA below it", async () => {
    const last = opensslAuthority({
      subject: "/CN=last",
      signer: root,
      extensions: ["basicConstraints = critical, CA:true, pathlen:0"],
    });
    const below = opensslAuthority({ subject: "/CN=below", signer: last });
    const place = await waiting(root);
    await handIn(
      place,
      sign(place, below),
      below.certificate,
      last.certificate,
    );
    expect(complaint(place)).toMatch(/path length of CN=last/);
  });

  test("reports a signature with SHA-1", async () => {
    const place = await waiting(root);
    const request = place.path(`pending/${APISERVER}.csr`);
    const out = temporaryFile("");
    openssl(
      "x509",
      "-req",
      "-sha1",
      "-in",
      request,
      "-days",
      "90",
      "-out",
      out,
      "-copy_extensions",
      "copyall",
      "-CA",
      temporaryFile(root.certificate),
      "-CAkey",
      temporaryFile(root.key),
    );
    await handIn(place, readFileSync(out, "utf8"));
    expect(complaint(place)).toMatch(/SHA-1/);
  });

  test("a key that is handed in with a certificate is not copied", async () => {
    const place = await waiting(root);
    const leaf = sign(place, root);
    await handIn(place, leaf, root.key);
    expect(place.read(LEAF)).toBe(leaf);
    expect(place.files().filter((file) => file.startsWith("pending"))).toEqual(
      [],
    );
  });
});
