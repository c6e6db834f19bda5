import {
  APISERVER,
  authority,
  certificate,
  keyPair,
} from "../agent/support/artefacts";
import { ask, fingerprintOf, stampOf } from "../agent/support/renewal";
import { Workplace } from "../agent/support/workplace";

const CERTIFICATE = `${APISERVER}.crt`;

const all = (intact = "token") =>
  [authority, certificate].map((make) => make({}, { intact }));

async function made(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch([...all(), keyPair()]);
  return place;
}

/** Writes into a stamp what only a request for a new key may write there. */
function edit(place: Workplace, path: string, renewal: unknown): void {
  place.write(
    `.stamps/${path}.json`,
    JSON.stringify({ ...stampOf(place, path), sha256: "renewal", renewal }),
    0o600,
  );
}

test("the stamp of a CA or of a key pair cannot ask for a new key", async () => {
  const place = await made();
  const before = place.contents();
  for (const path of ["pki/ca.crt", "pki/sa.key"])
    edit(place, path, {
      certificate: fingerprintOf(place, "pki/ca.crt"),
      sha256: stampOf(place, path).sha256,
    });
  await place.batch([...all("later"), keyPair(undefined, { intact: "later" })]);
  expect(place.contents()).toEqual(before);
  for (const path of ["pki/ca.crt", "pki/sa.key"])
    expect(stampOf(place, path)).not.toHaveProperty("renewal");
});

test("a stamp that names another certificate asks for nothing", async () => {
  const place = await made();
  const before = place.contents();
  edit(place, CERTIFICATE, {
    certificate: fingerprintOf(place, "pki/ca.crt"),
    sha256: "",
  });
  await place.batch(all("later"));
  expect(place.contents()).toEqual(before);
  expect(stampOf(place, CERTIFICATE)).not.toHaveProperty("renewal");
});

test.each<[string, unknown]>([
  ["a text", "x"],
  ["a list", []],
  ["nothing", null],
  ["without a certificate", { sha256: "" }],
  ["with a number", { certificate: 1, sha256: "" }],
  ["with an object", { certificate: { toString: "x" }, sha256: "" }],
])("fails when what a stamp asks for is %s", async (_, renewal) => {
  const place = await made();
  const before = place.contents();
  edit(place, CERTIFICATE, renewal);
  await expect(place.batch(all("later"))).rejects.toThrow(
    /apiserver\.crt\.json cannot be used: renewal.*Restore it from a backup of the store, or delete it/s,
  );
  expect(place.contents()).toEqual(before);
});

test.each(["../outside.crt", "../../../etc/passwd", "/etc/passwd"])(
  "a request for %s reads and writes nothing outside the stamps",
  async (path) => {
    const place = await made();
    const [before, stamps] = [place.contents(), place.store.stamps()];
    const outcome = await ask(place, { [path]: "AA:BB" }).catch(String);
    expect(outcome ?? "").not.toMatch(/ENOENT|EACCES/);
    expect([place.contents(), place.store.stamps()]).toEqual([before, stamps]);
  },
);
