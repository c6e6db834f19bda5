import { chmodSync, rmSync } from "node:fs";
import { clientOf, withAuthority } from "./support/admin";
import {
  APISERVER,
  authority,
  certificate,
  copy,
  keyPair,
  kubeconfig,
  text,
} from "./support/artefacts";
import { verify } from "./support/verify";
import type { Workplace } from "./support/workplace";

const CERTIFICATE = `${APISERVER}.crt`;
const KEY = `${APISERVER}.key`;
const later = (days: number): Date => new Date(Date.now() + days * 86_400_000);

describe("an artefact that is as it should be is kept, and its stamp is written again", () => {
  const all = [
    certificate(),
    kubeconfig(),
    text("a", "text"),
    copy("pki/ca.crt", "b"),
  ];

  test("with its stamp", async () => {
    const place = await withAuthority();
    await place.batch(all);
    const before = place.contents();
    expect(
      await place.batch(all.map((one) => ({ ...one, intact: "new" }))),
    ).toEqual(["cp-1: 5 files unchanged"]);
    expect(place.contents()).toEqual(before);
    expect(place.stampOf(CERTIFICATE).token).toBe("new");
  });

  test("without any stamp, as in a store that was restored by hand", async () => {
    const place = await withAuthority();
    await place.batch(all);
    const before = place.contents();
    rmSync(place.path(".stamps"), { recursive: true });
    expect(
      await place.batch([authority(), keyPair()], { batch: "ca" }),
    ).toEqual(["ca: 4 files unchanged"]);
    expect(await place.batch(all)).toEqual(["cp-1: 5 files unchanged"]);
    expect(place.contents()).toEqual(before);
  });

  test("when a change was undone", async () => {
    const place = await withAuthority();
    await place.batch([certificate()]);
    const before = place.read(CERTIFICATE);
    await expect(
      place.batch([certificate({ names: ["%"] })]),
    ).rejects.toThrow();
    await place.batch([certificate()]);
    expect(place.read(CERTIFICATE)).toBe(before);
  });
});

describe("only artefacts that are not as they should be are made again", () => {
  const all = (): Parameters<Workplace["batch"]>[0] => [
    certificate(),
    kubeconfig(),
    text("a", "text"),
  ];

  async function changed(
    change: (place: Workplace) => void,
    artefacts = all(),
    now?: Date,
  ) {
    const place = await withAuthority();
    await place.batch(all());
    const before = place.contents();
    change(place);
    const lines = await place.batch(artefacts, { now });
    const after = place.contents();
    return {
      place,
      lines,
      differs: [...after.keys()].filter(
        (path) => before.get(path) !== after.get(path),
      ),
    };
  }

  test("a deleted certificate", async () => {
    const { differs } = await changed((place) =>
      rmSync(place.path(CERTIFICATE)),
    );
    expect(differs).toEqual([CERTIFICATE, KEY]);
  });

  test("a corrupt certificate, with a note", async () => {
    const { differs, lines } = await changed((place) =>
      place.write(CERTIFICATE, "-----BEGIN CERTIFICATE-----\nnone"),
    );
    expect(differs).toEqual([CERTIFICATE, KEY]);
    expect(lines).toEqual([
      `cp-1: ${CERTIFICATE}: made again: it is not a certificate in PEM form`,
      "cp-1: 2 files made, 2 unchanged",
    ]);
  });

  test("a certificate whose key does not match", async () => {
    const { differs, lines } = await changed((place) =>
      place.write(KEY, place.read("pki/sa.key")),
    );
    expect(differs).toEqual([CERTIFICATE, KEY]);
    expect(lines[0]).toBe(
      `cp-1: ${CERTIFICATE}: made again: its key does not belong to it`,
    );
  });

  test("a text that was edited", async () => {
    const { differs, place } = await changed((workplace) =>
      workplace.write("a", "edited"),
    );
    expect(differs).toEqual([]);
    expect(place.read("a")).toBe("text");
  });

  test("a mode that was changed", async () => {
    const { place } = await changed((workplace) =>
      chmodSync(workplace.path(KEY), 0o644),
    );
    expect(place.mode(KEY)).toBe("600");
  });

  test.each([
    ["a name more", { names: ["kubernetes", "10.0.0.1", "more.example"] }],
    ["a name less", { names: ["kubernetes"] }],
    ["another subject", { subject: { commonName: "other" } }],
    ["another usage", { usages: ["clientAuth"] }],
    ["another algorithm", { keyAlgorithm: "ECDSA-P384" }],
    ["another lifetime", { validity: "4380h" }],
  ] as const)("a certificate that is wanted with %s", async (_, spec) => {
    const { differs } = await changed(
      () => undefined,
      [certificate(spec), ...all().slice(1)],
    );
    expect(differs).toEqual([CERTIFICATE, KEY]);
  });

  test("a certificate that is due", async () => {
    const artefacts = [
      certificate({}, { renewBefore: "720h" }),
      text("a", "text"),
    ];
    expect(
      (await changed(() => undefined, artefacts, later(330))).differs,
    ).toEqual([]);
    expect(
      (await changed(() => undefined, artefacts, later(336))).differs,
    ).toEqual([CERTIFICATE, KEY]);
  });

  test("a kubeconfig whose address changes, without a new key for its user", async () => {
    const { place, differs } = await changed(
      () => undefined,
      [certificate(), kubeconfig("https://vip:6443"), text("a", "text")],
    );
    expect(differs).toEqual(["kubeconfigs/admin.conf"]);
    const { certificate: pem } = clientOf(place);
    await place.batch(all());
    expect(clientOf(place).certificate).toBe(pem);
  });

  test("a kubeconfig that is not YAML any more", async () => {
    const { differs } = await changed((place) =>
      place.write("kubeconfigs/admin.conf", "{"),
    );
    expect(differs).toEqual(["kubeconfigs/admin.conf"]);
  });

  test("everything that a CA signed, after the CA was replaced on purpose", async () => {
    const { differs, lines, place } = await changed(
      (workplace) => {
        for (const path of [
          "pki/ca.crt",
          "pki/ca.key",
          ".stamps/pki/ca.crt.json",
        ])
          rmSync(workplace.path(path));
      },
      [authority(), ...all()],
    );
    expect(differs).toEqual([
      "kubeconfigs/admin.conf",
      CERTIFICATE,
      KEY,
      "pki/ca.crt",
      "pki/ca.key",
    ]);
    expect(lines).toContain(
      `cp-1: ${CERTIFICATE}: made again: it was signed with another key than that of the present CN=kubernetes`,
    );
    verify(place.read(CERTIFICATE), place.read("pki/ca.crt"), "sslserver");
  });
});
