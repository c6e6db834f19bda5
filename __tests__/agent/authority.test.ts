import { rmSync } from "node:fs";
import { parseCertificate } from "../../lib/pki/certificates";
import {
  APISERVER,
  authority,
  certificate,
  keyPair,
} from "./support/artefacts";
import { verify } from "./support/verify";
import { refusal, Workplace } from "./support/workplace";

async function made(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch([authority(), keyPair(), certificate()]);
  return place;
}

describe("a CA or a service account key pair is never made twice", () => {
  test.each([
    ["pki/ca.key", authority()],
    ["pki/sa.key", keyPair()],
  ])("fails when %s is gone", async (path, artefact) => {
    const place = await made();
    rmSync(place.path(path));
    const message = await refusal(place, [artefact]);
    expect(message).toMatch(
      /is missing: the key of .*, which was made before and is never made twice/,
    );
    expect(message).toContain("Restore it from a backup of ");
    expect(message).toContain("To start over");
  });

  test("fails if both of its files are gone and its stamp says that they were made", async () => {
    const place = await made();
    for (const path of ["pki/ca.key", "pki/ca.crt"]) rmSync(place.path(path));
    expect(await refusal(place, [authority()])).toContain("is missing");
  });

  test("fails if the key is gone and only the certificate shows that there was one", async () => {
    const place = await made();
    for (const path of ["pki/ca.key", ".stamps/pki/ca.crt.json"])
      rmSync(place.path(path));
    expect(await refusal(place, [authority()])).toContain("is missing");
  });

  test("fails if its certificate is corrupt", async () => {
    const place = await made();
    place.write("pki/ca.crt", "nothing");
    expect(await refusal(place, [authority()])).toContain(
      "cannot be used: it is not a certificate in PEM form",
    );
  });

  test("fails if its key is corrupt", async () => {
    const place = await made();
    place.write("pki/ca.key", "nothing");
    expect(await refusal(place, [authority()])).toContain(
      "cannot be used: it is not a private key in PEM form",
    );
  });

  test("fails if its key belongs to another certificate", async () => {
    const place = await made();
    place.write("pki/ca.key", place.read("pki/sa.key"));
    expect(await refusal(place, [authority()])).toContain(
      "cannot be used: its key does not belong to it",
    );
  });

  test("fails if the program asks for another subject", async () => {
    expect(
      await refusal(await made(), [
        authority({ subject: { commonName: "other" } }),
      ]),
    ).toMatch(
      /is CN=kubernetes; the program now asks for CN=other, which would be a different CA/,
    );
  });

  test.each([
    ["authority", authority({ keyAlgorithm: "RSA-2048" })],
    ["key pair", keyPair("RSA-2048")],
  ])("fails when another algorithm is asked for: %s", async (_, artefact) => {
    expect(await refusal(await made(), [artefact])).toMatch(
      /holds a key of the kind ECDSA-P256; the program now asks for RSA-2048/,
    );
  });
});

describe("another algorithm, if the program allows it", () => {
  const other = "RSA-2048";
  const keys = (place: Workplace) =>
    ["pki/ca.key", "pki/ca.crt", "pki/sa.key", "pki/sa.pub"].map((path) =>
      place.read(path),
    );

  test("is for certificates: a CA and a key pair keep their keys from then on", async () => {
    const place = await made();
    const before = keys(place);
    const allowed = { keepsKey: true };
    const asked = { keyAlgorithm: other } as const;

    await place.batch([authority(asked, allowed), keyPair(other, allowed)]);
    await place.batch([authority(asked), keyPair(other), certificate(asked)]);

    expect(keys(place)).toEqual(before);
    const { x509 } = parseCertificate(place.read(`${APISERVER}.crt`))!;
    expect(x509.publicKey.asymmetricKeyType).toBe("rsa");
  });

  test("fails when the program does not ask for it, whatever the stamp of another says", async () => {
    const place = await made();
    await place.batch([keyPair(other, { keepsKey: true })]);
    expect(
      await refusal(place, [authority({ keyAlgorithm: other })]),
    ).toContain("holds a key of the kind ECDSA-P256");
  });
});

describe("a CA keeps its key", () => {
  test("when the program asks for another lifetime, so that what it signed stays valid", async () => {
    const place = await made();
    const [key, before] = [place.read("pki/ca.key"), place.read("pki/ca.crt")];
    const lines = await place.batch([
      authority({ validity: "175200h" }),
      certificate(),
    ]);
    expect(lines[0]).toBe("cp-1: pki/ca.crt: signed again with the same key");
    expect(place.read("pki/ca.key")).toBe(key);
    expect(place.read("pki/ca.crt")).not.toBe(before);
    verify(
      place.read("nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt"),
      place.read("pki/ca.crt"),
      "sslserver",
    );
  });

  test("when its certificate was lost", async () => {
    const place = await made();
    const leaf = place.read("nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt");
    rmSync(place.path("pki/ca.crt"));
    await place.batch([authority(), certificate()]);
    expect(place.read("nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt")).toBe(
      leaf,
    );
    verify(leaf, place.read("pki/ca.crt"), "sslserver");
  });

  test("when its stamp was lost, and keeps its certificate too", async () => {
    const place = await made();
    const before = place.contents();
    rmSync(place.path(".stamps"), { recursive: true });
    await place.batch([authority({ validity: "175200h" })], { batch: "ca" });
    expect(place.contents()).toEqual(before);
  });

  test("and makes the public half of a pair again from the private one", async () => {
    const place = await made();
    const half = place.read("pki/sa.pub");
    place.write("pki/sa.pub", "nothing");
    await place.batch([keyPair()]);
    expect(place.read("pki/sa.pub")).toBe(half);
  });

  test("and says when it is about to expire", async () => {
    const place = new Workplace();
    const lines = await place.batch([authority({ validity: "48h" })]);
    const again = await place.batch([authority({ validity: "48h" })]);
    const end = parseCertificate(place.read("pki/ca.crt"))
      ?.notAfter.toISOString()
      .slice(0, 19);
    expect(lines).toEqual(["cp-1: 2 files made"]);
    expect(again[0]).toMatch(
      new RegExp(
        `^cp-1: pki/ca\\.crt: expires at ${end}Z \\(in 4[78] h\\): plan its replacement$`,
      ),
    );
  });
});

describe("a CA that was made while the clock was ahead", () => {
  const tomorrow = new Date(Date.now() + 86_400_000);
  const early = async (): Promise<Workplace> => {
    const place = new Workplace();
    await place.batch([authority(), certificate()], { now: tomorrow });
    return place;
  };

  test("fails a batch until it is valid, and the error says how it becomes valid at once", async () => {
    const place = await early();
    for (const artefact of [authority(), certificate()]) {
      const message = await refusal(place, [artefact]);
      expect(message).toMatch(
        /is not valid before \S+Z. The clock of this machine says \S+Z/,
      );
      expect(message).toContain("if you set another lifetime for it");
    }
  });

  test("is signed again with the same key if its lifetime changes, and so is what it signed", async () => {
    const place = await early();
    const key = place.read("pki/ca.key");
    const longer = authority({ validity: "87601h0m0s" });
    await place.batch([longer, certificate()]);
    expect(place.read("pki/ca.key")).toBe(key);
    for (const path of ["pki/ca.crt", `${APISERVER}.crt`])
      expect(
        Number(parseCertificate(place.read(path))?.notBefore),
      ).toBeLessThan(Date.now());
    expect(await place.batch([longer, certificate()])).toEqual([
      expect.stringContaining("unchanged"),
    ]);
  });
});
