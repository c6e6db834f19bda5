import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { parseCertificate } from "../../lib/pki/certificates";
import { publicPem } from "../../lib/pki/keys";
import { issueAuthority } from "../../lib/pki/x509";
import {
  APISERVER,
  authority,
  authoritySpec,
  certificate,
} from "./support/artefacts";
import { KEYS, refusalOf, storeWith } from "./support/brought";
import { openssl, temporaryFile } from "./support/openssl";
import { Workplace } from "./support/workplace";

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
