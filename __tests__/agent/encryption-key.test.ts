import { rmSync, statSync, truncateSync } from "node:fs";
import { neededFiles } from "../../lib/agent/backup/contents";
import { fromYaml } from "../../lib/base/yaml";
import { authority, encryption, encryptionKey } from "./support/artefacts";
import { refusal, Workplace } from "./support/workplace";

const KEY = "pki/encryption/generation-1.key";
const FILE = "nodes/cp-1/root/etc/kubernetes/encryption/configuration.yaml";

async function made(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch([encryptionKey()]);
  return place;
}

const keyOf = (place: Workplace): string =>
  place.store.read(KEY)!.toString("base64");

test("a key has 32 random bytes that only its owner reads, and is made once", async () => {
  const [place, other] = [await made(), await made()];
  const key = keyOf(place);
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(keyOf(other)).not.toBe(key);
  expect(statSync(place.path(KEY)).mode & 0o777).toBe(0o600);
  await place.batch([encryptionKey()]);
  expect(keyOf(place)).toBe(key);
});

test("a configuration has the key in base64", async () => {
  const place = await made();
  await place.batch([encryption(KEY)], { batch: "nodes/cp-1" });
  expect(fromYaml(place.read(FILE))).toMatchObject({
    resources: [
      {
        providers: [
          {
            secretbox: {
              keys: [{ name: "generation-1", secret: keyOf(place) }],
            },
          },
        ],
      },
    ],
  });
});

test("keys of all generations are in a backup", async () => {
  const place = await made();
  await place.batch([encryptionKey(2)], {
    batch: "pki/encryption/generation-2.key",
  });
  expect(neededFiles(place.store, {})).toEqual([
    KEY,
    "pki/encryption/generation-2.key",
  ]);
});

test("a key that left the program stays, because backups need it", async () => {
  const place = await made();
  const key = keyOf(place);
  await place.batch([]);
  expect(keyOf(place)).toBe(key);
});

test("fails when the key is gone, instead of making another one", async () => {
  const place = await made();
  rmSync(place.path(KEY));
  expect(await refusal(place, [encryptionKey()])).toMatch(
    /generation-1\.key is missing: the encryption key of generation 1, which was made before/,
  );
});

test("fails when the key has another length", async () => {
  const place = await made();
  truncateSync(place.path(KEY), 16);
  expect(await refusal(place, [encryptionKey()])).toMatch(
    /generation-1\.key, the encryption key of generation 1, has 16 bytes, and an encryption key has 32\./,
  );
});

test("fails when a configuration would get another secret of the store", async () => {
  const place = new Workplace();
  await place.batch([authority()]);
  expect(await refusal(place, [encryption("pki/ca.key")])).toContain(
    "pki/ca.key is not an encryption key",
  );
});
