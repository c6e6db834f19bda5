import { X509Certificate } from "node:crypto";
import {
  authority,
  certificate,
  copy,
  importedAuthority,
  kubeconfig,
} from "../agent/support/artefacts";
import { openssl, temporaryFile, verify } from "../agent/support/openssl";
import { refusal, Workplace } from "../agent/support/workplace";
import {
  LEAF,
  opensslAuthority,
  withAuthority,
} from "./support/openssl-authorities";

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
