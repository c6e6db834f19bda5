import { rmSync } from "node:fs";
import { APISERVER } from "./support/artefacts";
import {
  admin,
  apiserver,
  externalAuthority,
  PENDING,
} from "./support/external-authority";
import { ask, fingerprintOf, stampOf } from "./support/renewal";
import type { Workplace } from "./support/workplace";

describe.each([
  ["certificate", `${APISERVER}.crt`, PENDING.apiserver],
  ["kubeconfig", "kubeconfigs/admin.conf", PENDING.admin],
])("a new key for a %s of an external CA", (kind, path, pending) => {
  let place: Workplace;
  let plans = 0;
  let sign: () => void;

  /** Applies a new plan. */
  const apply = () => {
    const plan = { intact: `token ${++plans}` };
    return place.batch([
      kind === "certificate" ? apiserver({}, plan) : admin(undefined, plan),
    ]);
  };

  beforeAll(async () => {
    const external = await externalAuthority();
    place = external.place;
    sign = () => external.sign(pending);
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
