import { rmSync } from "node:fs";
import { inspect } from "../../lib/cli/report/inspect";
import {
  APISERVER,
  authority,
  certificate,
  copy,
  importedAuthority,
  kubeconfig,
} from "../agent/support/artefacts";
import { openssl, temporaryFile } from "../agent/support/openssl";
import { refusal, Workplace } from "../agent/support/workplace";
import {
  countCertificates,
  LEAF,
  opensslAuthority,
  opensslChain,
  type OpensslPair,
  withAuthority,
} from "./support/openssl-authorities";

describe("a CA that comes with the CAs above it", () => {
  const { root, middle, issuer } = opensslChain();
  const pem = (...pairs: readonly OpensslPair[]): string =>
    pairs.map((pair) => pair.certificate).join("");
  const whole = pem(issuer, middle, root);

  test("is trusted alone, and its certificates are served with the chain, without the root", async () => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
      kubeconfig(),
    ]);
    expect(place.read("pki/ca.crt")).toBe(issuer.certificate);
    expect(place.read("pki/ca-chain.crt")).toBe(whole);
    const served = place.read(LEAF);
    expect(countCertificates(served)).toBe(3);
    expect(served.endsWith(pem(issuer, middle))).toBe(true);
    openssl(
      "verify",
      "-CAfile",
      temporaryFile(root.certificate),
      "-untrusted",
      temporaryFile(served),
      temporaryFile(served),
    );
    const before = place.contents();
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
      kubeconfig(),
    ]);
    expect(place.contents()).toEqual(before);
  });

  test("is trusted with them if the user chooses that, and a node has its own certificate in a separate file", async () => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({
        certificate: whole,
        key: issuer.key,
        trustChain: true,
      }),
      {
        ...copy("pki/ca.crt", "nodes/cp-1/root/ca-issuer.crt"),
        spec: "issuer of pki/ca.crt",
      },
      {
        ...copy("pki/ca.crt", "nodes/cp-1/root/ca-chain.crt"),
        spec: "chain of pki/ca.crt",
      },
      certificate(),
    ]);
    expect(place.read("pki/ca.crt")).toBe(whole);
    expect(place.files()).not.toContain("pki/ca-chain.crt");
    expect(place.read("nodes/cp-1/root/ca-issuer.crt")).toBe(
      issuer.certificate,
    );
    expect(place.read("nodes/cp-1/root/ca-chain.crt")).toBe(whole);
    expect(countCertificates(place.read(LEAF))).toBe(3);
  });

  test("keeps its certificates when the trust changes and changes back", async () => {
    const place = new Workplace();
    const kept = importedAuthority({ certificate: whole, key: issuer.key });
    const trusted = importedAuthority({
      certificate: whole,
      key: issuer.key,
      trustChain: true,
    });
    await place.batch([kept, certificate()]);
    const before = place.contents();
    await place.batch([trusted, certificate()]);
    expect(place.read(LEAF)).toBe(before.get(LEAF));
    await place.batch([kept, certificate()]);
    expect(place.contents()).toEqual(before);
  });

  test("may come without them: then certificates are served with its own", async () => {
    const place = withAuthority(issuer);
    await place.batch([authority(), certificate()]);
    expect(place.read(LEAF).endsWith(issuer.certificate)).toBe(true);
    expect(countCertificates(place.read(LEAF))).toBe(2);
  });

  test("may be put into the store with them, and its chain is kept", async () => {
    const place = withAuthority({ ...issuer, certificate: whole });
    await place.batch([authority(), certificate()]);
    expect(place.read("pki/ca.crt")).toBe(issuer.certificate);
    expect(place.read("pki/ca-chain.crt")).toBe(whole);
    const before = place.contents();
    await place.batch([authority(), certificate()]);
    expect(place.contents()).toEqual(before);
  });

  test("adds its chain to an existing certificate, without a new key", async () => {
    const place = new Workplace();
    const alone = importedAuthority({
      certificate: issuer.certificate,
      key: issuer.key,
    });
    await place.batch([alone, certificate()]);
    const [key, leaf] = [place.read(`${APISERVER}.key`), place.read(LEAF)];
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
    ]);
    expect(place.read(`${APISERVER}.key`)).toBe(key);
    expect(place.read(LEAF)).toBe(leaf + middle.certificate);
  });

  test("fails when the file with its chain is missing in the store", async () => {
    const place = new Workplace();
    await place.batch(
      [importedAuthority({ certificate: whole, key: issuer.key })],
      {
        batch: "ca",
      },
    );
    rmSync(place.path("pki/ca-chain.crt"));
    expect(await refusal(place, [certificate()])).toMatch(
      /pki\/ca-chain.crt is missing/,
    );
  });

  test.each<[string, string, RegExp]>([
    [
      "the root comes first",
      pem(root, middle, issuer),
      /not the first: put that one first|not in order/,
    ],
    [
      "two are swapped",
      pem(issuer, root, middle),
      /after C=DE, CN=kubernetes has to come C=DE, O=Example, CN=Middle, which signed it, and not C=DE, O=Example, CN=Root/,
    ],
    [
      "one is missing",
      pem(issuer, root),
      /the certificate of C=DE, O=Example, CN=Middle, which signed C=DE, CN=kubernetes, is missing/,
    ],
    [
      "a foreign certificate comes last",
      pem(issuer, middle, root, opensslAuthority({ subject: "/CN=other" })),
      /its certificate 4, CN=other, does not belong to the chain/,
    ],
    [
      "a CA above has version 1",
      pem(...oldRoot()),
      /of its CN=old, its X\.509 version is 1/,
    ],
  ])("fails when %s", async (_, certificates, reason) => {
    expect(
      await refusal(new Workplace(), [
        importedAuthority({ certificate: certificates }),
      ]),
    ).toMatch(reason);
  });

  function oldRoot(): OpensslPair[] {
    const old = opensslAuthority({ subject: "/CN=old", extensions: [] });
    return [opensslAuthority({ signer: old }), old];
  }
});

describe("inspect reports", () => {
  const { root, middle, issuer } = opensslChain();
  const whole = [issuer, middle, root].map((each) => each.certificate).join("");
  const inspected = (place: Workplace) =>
    inspect([place.store.directory], { json: false });

  test.each([false, true])(
    "no problem with a CA below a root (trusted: %s)",
    async (trustChain) => {
      const place = new Workplace();
      await place.batch([
        importedAuthority({ certificate: whole, key: issuer.key, trustChain }),
        certificate(),
        kubeconfig(),
      ]);
      expect(inspected(place)).toMatchObject({ exitCode: 0 });
    },
  );

  test("no problem with a CA that was put into the store without the CAs above it", async () => {
    const place = withAuthority(issuer);
    await place.batch([authority(), certificate()]);
    expect(inspected(place)).toMatchObject({ exitCode: 0 });
  });

  test("a missing chain file", async () => {
    const place = new Workplace();
    await place.batch([
      importedAuthority({ certificate: whole, key: issuer.key }),
      certificate(),
    ]);
    rmSync(place.path("pki/ca-chain.crt"));
    expect(inspected(place).text).toContain("pki/ca-chain.crt");
    expect(inspected(place).exitCode).toBe(2);
  });
});
