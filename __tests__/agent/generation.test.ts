import { rmSync } from "node:fs";
import type { ArtefactRequest } from "../../lib/request/artefact";
import { parseCertificates } from "../../lib/pki/certificates";
import { isSignedBy } from "../../lib/pki/chain";
import { toYaml } from "../../lib/render/yaml";
import {
  authority,
  authoritySpec,
  certificate,
  keyPair,
} from "./support/artefacts";
import { refusal, Workplace } from "./support/workplace";

const PREVIOUS = { certificate: "pki/ca.crt", key: "pki/ca.key" };
const CROSS = "pki/ca-2-cross.crt";

/** The second generation of the CA. Without `previous`, it is trusted alone. */
const second = (
  previous?: typeof PREVIOUS,
  intact = "token",
): ArtefactRequest => ({
  ...authority(),
  files: "pki/ca-2.crt 0644\npki/ca-2.key 0600",
  spec: toYaml(
    authoritySpec({ subject: { commonName: "kubernetes-2" }, previous }),
  ),
  inputs: previous ? Object.values(previous) : [],
  intact,
});

const leaf = certificate(
  {},
  { issuer: { certificate: "pki/ca-2.crt", key: "pki/ca-2.key" }, inputs: [] },
);

async function rotated(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch([authority()]);
  await place.batch([second(PREVIOUS)], { batch: "second" });
  return place;
}

const certificatesIn = (place: Workplace, path: string) =>
  parseCertificates(place.read(path));

describe("the second generation of a CA", () => {
  test("stands before the first one in its file, and the first one signs its cross certificate", async () => {
    const place = await rotated();
    const [first] = certificatesIn(place, "pki/ca.crt");
    const [own, previous, ...others] = certificatesIn(place, "pki/ca-2.crt");
    const [cross] = certificatesIn(place, CROSS);
    expect(others).toEqual([]);
    expect(previous.x509.raw).toEqual(first.x509.raw);
    expect(isSignedBy(cross, first)).toBe(true);
    expect(cross.x509.publicKey.equals(own.x509.publicKey)).toBe(true);
    expect(cross.subjectDer).toEqual(own.subjectDer);
    expect(cross.notAfter.getTime()).toBeLessThanOrEqual(
      first.notAfter.getTime(),
    );
  });

  test("signs leaves that have the cross certificate behind them", async () => {
    const place = await rotated();
    await place.batch([leaf], { batch: "leaf" });
    const path = leaf.files.split(" ")[0];
    const [own, behind, ...others] = certificatesIn(place, path);
    expect(isSignedBy(own, certificatesIn(place, "pki/ca-2.crt")[0])).toBe(
      true,
    );
    expect(behind.x509.raw).toEqual(certificatesIn(place, CROSS)[0].x509.raw);
    expect(others).toEqual([]);
  });

  test("stays as it is when it is made again", async () => {
    const place = await rotated();
    const files = ["pki/ca-2.crt", "pki/ca-2.key", CROSS];
    const before = files.map((file) => place.read(file));
    await place.batch([second(PREVIOUS, "other")], { batch: "second" });
    expect(files.map((file) => place.read(file))).toEqual(before);
  });

  test("gets a cross certificate again if that was lost", async () => {
    const place = await rotated();
    rmSync(place.path(CROSS));
    await place.batch([second(PREVIOUS, "other")], { batch: "second" });
    const [first] = certificatesIn(place, "pki/ca.crt");
    expect(isSignedBy(certificatesIn(place, CROSS)[0], first)).toBe(true);
  });

  test("is trusted alone at the end, with the same key and the same cross certificate", async () => {
    const place = await rotated();
    const [own] = certificatesIn(place, "pki/ca-2.crt");
    const cross = place.read(CROSS);
    await place.batch([second(undefined, "other")], { batch: "second" });
    const left = certificatesIn(place, "pki/ca-2.crt");
    expect(left.map(({ x509 }) => x509.raw)).toEqual([own.x509.raw]);
    expect(place.read(CROSS)).toBe(cross);
  });

  test.each<[string, (place: Workplace) => unknown, string]>([
    [
      "has lost its key",
      (place) => rmSync(place.path("pki/ca.key")),
      "pki/ca.key is missing",
    ],
    [
      "has the key of another CA",
      (place) => place.write("pki/ca.key", place.read("pki/sa.key")),
      "cannot sign its cross certificate: ",
    ],
  ])(
    "fails when the generation before it %s, and is not made",
    async (_, damage, message) => {
      const place = new Workplace();
      await place.batch([authority(), keyPair()]);
      damage(place);
      const said = await refusal(place, [second(PREVIOUS)]);
      expect(said).toContain(message);
      expect(() => place.read("pki/ca-2.key")).toThrow();
    },
  );
});

describe("the second generation of the service account key pair", () => {
  const pair = (spec: object, intact = "token"): ArtefactRequest => ({
    ...keyPair(),
    files: "pki/sa-2.key 0600\npki/sa-2.pub 0644",
    spec: toYaml({ keyAlgorithm: "ECDSA-P256", ...spec }),
    inputs: ["pki/sa.key", "pki/sa.pub"],
    intact,
  });

  test("has its own public key before those of the first one, and alone at the end", async () => {
    const place = new Workplace();
    await place.batch([keyPair()]);
    await place.batch([pair({ previous: "pki/sa.pub" })], { batch: "second" });
    const key = place.read("pki/sa-2.key");
    const both = place.read("pki/sa-2.pub");
    const first = place.read("pki/sa.pub");
    expect(both.endsWith(first)).toBe(true);
    expect(both.match(/BEGIN PUBLIC KEY/g)).toHaveLength(2);
    await place.batch([pair({ trustPrevious: false }, "other")], {
      batch: "second",
    });
    expect(place.read("pki/sa-2.pub") + first).toBe(both);
    expect(place.read("pki/sa-2.key")).toBe(key);
  });
});
