import { rmSync } from "node:fs";
import {
  APISERVER,
  authority,
  certificate,
  kubeconfig,
} from "./support/artefacts";
import { openssl, temporaryFile } from "./support/openssl";
import { ask, fingerprintOf, stampOf } from "./support/renewal";
import { Workplace } from "./support/workplace";

const EXTERNAL = {
  issuer: { certificate: "pki/ca.crt" },
  inputs: ["pki/ca.crt"],
};

describe.each([
  ["certificate", `${APISERVER}.crt`, `pending/${APISERVER}`],
  ["kubeconfig", "kubeconfigs/admin.conf", "pending/kubeconfigs/admin.conf"],
])("a new key for a %s of an external CA", (kind, path, pending) => {
  const place = new Workplace();
  let plans = 0;
  let keyFile: string;

  /** Applies a new plan. */
  const apply = () => {
    const changes = { ...EXTERNAL, intact: `token ${++plans}` };
    return place.batch([
      kind === "certificate"
        ? certificate({}, changes)
        : kubeconfig(undefined, changes),
    ]);
  };
  const sign = () =>
    openssl(
      "x509",
      "-req",
      "-in",
      place.path(`${pending}.csr`),
      "-out",
      place.path(`${pending}.crt`),
      "-CA",
      place.path("pki/ca.crt"),
      "-CAkey",
      keyFile,
      "-days",
      "90",
      "-copy_extensions",
      "copyall",
    );

  beforeAll(async () => {
    await place.batch([authority()], { batch: "ca" });
    keyFile = temporaryFile(place.read("pki/ca.key"));
    rmSync(place.path("pki/ca.key"));
    await apply();
    sign();
    await apply();
  });

  test("waits beside the certificate in use until it is signed, and then takes its place", async () => {
    const inUse = fingerprintOf(place, path);
    await ask(place, { [path]: inUse });
    await apply();
    expect(stampOf(place, path)).toMatchObject({ pending: {} });
    const request = place.read(`${pending}.csr`);
    // Whoever asks again, or plans again, gets no other request.
    await ask(place, { [path]: inUse });
    await apply();
    expect(place.read(`${pending}.csr`)).toBe(request);
    expect(fingerprintOf(place, path)).toBe(inUse);

    sign();
    await apply();
    const renewed = fingerprintOf(place, path);
    expect(renewed).not.toBe(inUse);
    expect(place.store.files("pending")).toEqual([]);
    expect(stampOf(place, path)).not.toHaveProperty("renewal");
    await apply();
    expect(fingerprintOf(place, path)).toBe(renewed);
  });

  test("is taken back by deleting its stamp, even while it waits", async () => {
    const inUse = fingerprintOf(place, path);
    await ask(place, { [path]: inUse });
    await apply();
    expect(place.store.files("pending")).not.toEqual([]);
    rmSync(place.path(`.stamps/${path}.json`));
    await apply();
    expect(fingerprintOf(place, path)).toBe(inUse);
    expect(place.store.files("pending")).toEqual([]);
    expect(stampOf(place, path)).not.toHaveProperty("renewal");
  });
});
