import { X509Certificate } from "node:crypto";
import {
  authority,
  certificate,
  importedAuthority,
} from "../agent/support/artefacts";
import { verify } from "../agent/support/openssl";
import { refusal, Workplace } from "../agent/support/workplace";
import {
  AUTHORITY_EXTENSIONS,
  LEAF,
  opensslAuthority,
  type OpensslAuthority,
  withAuthority,
} from "./support/openssl-authorities";

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
