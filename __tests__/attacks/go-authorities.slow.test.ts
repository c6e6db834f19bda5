import { X509Certificate } from "node:crypto";
import { goVerify } from "./support/go-verify";
import {
  AUTHORITY_EXTENSIONS,
  opensslAuthority,
  type OpensslPair,
} from "./support/openssl-authorities";

describe("the agent refuses and accepts the same as Go:", () => {
  const names = (pair: OpensslPair): string =>
    opensslAuthority({
      subject: "/CN=server",
      signer: pair,
      extensions: [
        "extendedKeyUsage = serverAuth",
        "subjectAltName = DNS:kubernetes, IP:10.0.0.1",
      ],
    }).certificate;

  test.each([
    [
      "a negative serial number",
      { more: ["-set_serial", "-5"] },
      /negative serial/,
    ],
    [
      "explicit parameters",
      {
        newKey: [
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:P-256",
          "-pkeyopt",
          "ec_param_enc:explicit",
        ],
      },
      /ECDSA parameters/,
    ],
    [
      "an unknown critical extension",
      { extensions: [...AUTHORITY_EXTENSIONS, "1.2.3.4 = critical, DER:0500"] },
      /critical extension/,
    ],
    [
      "usages for clients only",
      {
        extensions: [...AUTHORITY_EXTENSIONS, "extendedKeyUsage = clientAuth"],
      },
      /incompatible key usage/,
    ],
    [
      "names other than the cluster's",
      {
        extensions: [
          ...AUTHORITY_EXTENSIONS,
          "nameConstraints = permitted;DNS:example.com",
        ],
      },
      /not permitted/,
    ],
    [
      "excluded addresses",
      {
        extensions: [
          ...AUTHORITY_EXTENSIONS,
          "nameConstraints = excluded;IP:10.0.0.0/255.0.0.0",
        ],
      },
      /excluded/,
    ],
    [
      "any usage",
      {
        extensions: [
          ...AUTHORITY_EXTENSIONS,
          "extendedKeyUsage = anyExtendedKeyUsage",
        ],
      },
      /^trusted$/,
    ],
    [
      "the cluster's names",
      {
        extensions: [
          ...AUTHORITY_EXTENSIONS,
          "nameConstraints = critical, permitted;DNS:kubernetes, permitted;IP:10.0.0.0/255.255.255.0",
        ],
      },
      /^trusted$/,
    ],
    [
      "a name in T61String",
      { subject: "/OU=Zürich/CN=x", stringMask: "nombstr" },
      /^trusted$/,
    ],
    [
      "a name in BMPString",
      { subject: "/OU=Zürich/CN=x", stringMask: "pkix" },
      /^trusted$/,
    ],
  ])("%s", (_, made, answer) => {
    const pair = opensslAuthority(made);
    expect(
      goVerify([
        { trusted: pair.certificate, served: names(pair), usage: "server" },
      ])[0],
    ).toMatch(answer);
  });

  test("a string type that Go cannot read", () => {
    const { certificate } = opensslAuthority();
    const der = new X509Certificate(certificate).raw.toString("latin1");
    const changed = Buffer.from(
      der.replaceAll("\x0c\nkubernetes", "\x1a\nkubernetes"),
      "latin1",
    ).toString("base64");
    const trusted = `-----BEGIN CERTIFICATE-----\n${changed}\n-----END CERTIFICATE-----\n`;
    expect(goVerify([{ trusted, served: "", usage: "server" }])[0]).toMatch(
      /unsupported string type/,
    );
  });
});
