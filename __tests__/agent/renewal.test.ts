import {
  APISERVER,
  authority,
  certificate,
  keyPair,
  kubeconfig,
  text,
} from "./support/artefacts";
import { ask, certificateIn, fingerprintOf, stampOf } from "./support/renewal";
import { verify } from "./support/verify";
import { Workplace } from "./support/workplace";

const CERTIFICATE = `${APISERVER}.crt`;
const KUBECONFIG = "kubeconfigs/admin.conf";

/** The artefacts of a batch, with the token of a plan. */
const all = (intact = "token") => [
  authority(),
  keyPair(),
  certificate({}, { intact }),
  kubeconfig(undefined, { intact }),
  text("nodes/cp-1/root/a.yaml", "a"),
];

async function made(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch(all());
  return place;
}

const askFor = (place: Workplace, path: string, takenBack = false) =>
  ask(place, { [path]: fingerprintOf(place, path) }, takenBack);

describe.each([CERTIFICATE, KUBECONFIG])("a new key for %s", (path) => {
  test("is made by the next plan, and differs from the old one in nothing but the key and the times", async () => {
    const place = await made();
    const before = certificateIn(place, path);
    const others = place.contents();
    await askFor(place, path);
    expect(stampOf(place, path).sha256).toBe("renewal");
    await place.batch(all("later"));
    const after = certificateIn(place, path);
    expect(after.publicKey.equals(before.publicKey)).toBe(false);
    expect([after.subject, after.subjectAltName, after.keyUsage]).toEqual([
      before.subject,
      before.subjectAltName,
      before.keyUsage,
    ]);
    verify(
      after.toString(),
      place.read("pki/ca.crt"),
      path === CERTIFICATE ? "sslserver" : "sslclient",
    );
    const changed = [...others].filter(
      ([file, content]) => place.read(file) !== content,
    );
    expect(changed.map(([file]) => file)).toEqual(
      path === CERTIFICATE ? [path, `${APISERVER}.key`] : [path],
    );
    const { renewal, sha256, token } = stampOf(place, path);
    expect([renewal, token]).toEqual([undefined, "later"]);
    expect(sha256).toMatch(/^[0-9a-f]{64}/);
    // It was made once: the plan after that has the token of the stamp, and any other plan keeps it.
    await place.batch(all("even later"));
    expect(fingerprintOf(place, path)).toBe(after.fingerprint256);
  });

  test("waits for a plan that shows it", async () => {
    const place = await made();
    const before = place.contents();
    await askFor(place, path);
    // The plan was made before somebody asked: its token is still that of the stamp.
    await place.batch(all());
    expect(place.contents()).toEqual(before);
    expect(stampOf(place, path)).toMatchObject({ sha256: "renewal" });
    await place.batch(all("later"));
    expect(place.contents()).not.toEqual(before);
  });

  test("is made once, however often it was asked for", async () => {
    const place = await made();
    await askFor(place, path);
    const once = stampOf(place, path);
    await askFor(place, path);
    expect(stampOf(place, path)).toEqual(once);
  });

  test("is no longer asked for when that is taken back", async () => {
    const place = await made();
    const before = stampOf(place, path);
    await askFor(place, path);
    await askFor(place, path, true);
    expect(stampOf(place, path)).toEqual(before);
    // It is nothing to take back what nobody asked for.
    await askFor(place, path, true);
    expect(stampOf(place, path)).toEqual(before);
  });

  test("is not made twice if the agent was killed before it wrote the stamp", async () => {
    const place = await made();
    await askFor(place, path);
    const asked = place.read(`.stamps/${path}.json`);
    await place.batch(all("later"));
    const renewed = fingerprintOf(place, path);
    place.write(`.stamps/${path}.json`, asked, 0o600);
    await place.batch(all("even later"));
    expect(fingerprintOf(place, path)).toBe(renewed);
    expect(stampOf(place, path).renewal).toBeUndefined();
  });

  test("comes with a change of the program, which makes one anyway", async () => {
    const place = await made();
    const before = fingerprintOf(place, path);
    await askFor(place, path);
    await place.batch([
      authority(),
      certificate({ names: ["other"] }, { intact: "later" }),
      kubeconfig("https://other:6443", { intact: "later" }),
    ]);
    expect(fingerprintOf(place, path)).not.toBe(before);
    expect(stampOf(place, path).renewal).toBeUndefined();
  });
});

test.each(["pki/ca.crt", "pki/sa.key", "nodes/cp-1/root/a.yaml"])(
  "nothing is recorded for %s, which is no certificate that can be replaced",
  async (path) => {
    const place = await made();
    const before = stampOf(place, path);
    await ask(place, { [path]: fingerprintOf(place, "pki/ca.crt") });
    expect(stampOf(place, path)).toEqual(before);
  },
);

test("nothing is recorded for a file that was never made", async () => {
  const place = await made();
  const before = place.store.stamps();
  await ask(place, { "nodes/cp-2/root/a.crt": "AA:BB" });
  expect(place.store.stamps()).toEqual(before);
});

describe("a batch that changes nothing", () => {
  test("names the command that makes new keys", async () => {
    const place = await made();
    expect(await place.batch(all())).toEqual([
      "cp-1: 8 files unchanged (to make new keys: cdktf-control-plane renew)",
    ]);
  });

  test("does not if it writes its records again, or has no keys that can be replaced", async () => {
    const place = await made();
    expect(await place.batch(all("later"))).toEqual([
      "cp-1: 8 files unchanged",
    ]);
    await place.batch([authority()], { batch: "ca" });
    expect(await place.batch([authority()], { batch: "ca" })).toEqual([
      "ca: 2 files unchanged",
    ]);
  });
});
