import { rmSync } from "node:fs";
import {
  authority,
  certificate,
  importedAuthority,
  keyPair,
} from "./support/artefacts";
import { verify } from "./support/verify";
import { refusal, Workplace } from "./support/workplace";

describe("an imported CA", () => {
  const imported = (pem: string, key?: string) =>
    importedAuthority({ certificate: pem, key });
  const theirs = async (...spec: Parameters<typeof authority>) => {
    const place = new Workplace();
    await place.batch([authority(...spec), keyPair(), certificate()]);
    return {
      pem: place.read("pki/ca.crt"),
      key: place.read("pki/ca.key"),
      place,
    };
  };

  test("is copied and signs", async () => {
    const { pem, key } = await theirs();
    const place = new Workplace();
    await place.batch([imported(pem, key), certificate()]);
    expect([place.read("pki/ca.crt"), place.read("pki/ca.key")]).toEqual([
      pem,
      key,
    ]);
    expect(place.mode("pki/ca.key")).toBe("600");
    verify(
      place.read("nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt"),
      pem,
      "sslserver",
    );
  });

  test("may be renewed with the same key", async () => {
    const { pem, key, place: origin } = await theirs();
    const place = new Workplace();
    await place.batch([imported(pem, key), certificate()]);
    await origin.batch([authority({ validity: "175200h" })]);
    const before = place.read(
      "nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt",
    );
    await place.batch([
      imported(origin.read("pki/ca.crt"), key),
      certificate(),
    ]);
    expect(place.read("pki/ca.crt")).toBe(origin.read("pki/ca.crt"));
    expect(place.read("nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt")).toBe(
      before,
    );
  });

  test("is restored from the user's files if the store lost it", async () => {
    const { pem, key } = await theirs();
    const place = new Workplace();
    await place.batch([imported(pem, key)]);
    rmSync(place.path("pki/ca.key"));
    await place.batch([imported(pem, key)]);
    expect(place.read("pki/ca.key")).toBe(key);
  });

  test("keeps its key in the store if only the certificate is given from now on, and says so", async () => {
    const { pem, key } = await theirs();
    const place = new Workplace();
    await place.batch([imported(pem, key)]);
    const lines = await place.batch([imported(pem)]);
    expect(lines[0]).toMatch(/pki\/ca.key stays in the store/);
    expect(place.read("pki/ca.key")).toBe(key);
  });

  test("fails if it is a different CA than before", async () => {
    const [first, second] = [await theirs(), await theirs()];
    const place = new Workplace();
    await place.batch([imported(first.pem, first.key)]);
    expect(await refusal(place, [imported(second.pem, second.key)])).toMatch(
      /its key is different/,
    );
  });

  test("fails if its key does not match", async () => {
    const { pem, place } = await theirs();
    expect(
      await refusal(new Workplace(), [imported(pem, place.read("pki/sa.key"))]),
    ).toMatch(/does not match/);
  });

  test("fails if its key has a passphrase or is not a key", async () => {
    const { pem } = await theirs();
    expect(await refusal(new Workplace(), [imported(pem, "nothing")])).toMatch(
      /without a passphrase/,
    );
  });

  test("fails if it is not a CA", async () => {
    const { place } = await theirs();
    const leaf = place.read("nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt");
    expect(await refusal(new Workplace(), [imported(leaf)])).toMatch(
      /is not a CA certificate/,
    );
  });

  test("fails if it has expired", async () => {
    const { pem } = await theirs({ validity: "1h" });
    const later = new Date(Date.now() + 2 * 3_600_000);
    await expect(
      new Workplace().batch([imported(pem)], { now: later }),
    ).rejects.toThrow(/it expired at/);
  });
});
