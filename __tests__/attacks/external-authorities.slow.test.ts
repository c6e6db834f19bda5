import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  APISERVER,
  certificate,
  importedAuthority,
} from "../agent/support/artefacts";
import { openssl, temporaryFile } from "../agent/support/openssl";
import { Workplace } from "../agent/support/workplace";
import {
  AUTHORITY_EXTENSIONS,
  LEAF,
  opensslAuthority,
  opensslChain,
  type OpensslPair,
} from "./support/openssl-authorities";

describe("with an external CA", () => {
  const { root, middle, issuer } = opensslChain();
  const EXTERNAL = {
    issuer: { certificate: "pki/ca.crt" },
    inputs: ["pki/ca.crt"],
  };
  const wanted = certificate({}, EXTERNAL);

  async function waiting(of: OpensslPair): Promise<Workplace> {
    const place = new Workplace();
    await place.batch([importedAuthority({ certificate: of.certificate })], {
      batch: "ca",
    });
    await place.batch([wanted]);
    return place;
  }

  function sign(place: Workplace, by: OpensslPair): string {
    return execFileSync(
      "openssl",
      [
        "x509",
        "-req",
        "-in",
        place.path(`pending/${APISERVER}.csr`),
        "-CA",
        temporaryFile(by.certificate),
        "-CAkey",

        temporaryFile(by.key),
        "-days",
        "90",
        "-copy_extensions",
        "copyall",
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
  }

  const handIn = (place: Workplace, ...parts: readonly string[]) => {
    place.write(`pending/${APISERVER}.crt`, parts.join(""));
    return place.batch([wanted]);
  };

  const complaint = (place: Workplace): string | undefined =>
    (
      JSON.parse(readFileSync(place.path(`.stamps/${LEAF}.json`), "utf8")) as {
        pending?: { reason?: string };
      }
    ).pending?.reason;

  test.each([
    ["without the root", [issuer, middle]],
    ["with the root", [issuer, middle, root]],
  ])("a chain below its root is accepted and kept, %s", async (_, chain) => {
    const place = await waiting(root);
    const leaf = sign(place, issuer);
    await handIn(place, leaf, ...chain.map((each) => each.certificate));
    expect(place.read(LEAF)).toBe(
      leaf + issuer.certificate + middle.certificate,
    );
    const before = place.contents();
    await place.batch([wanted]);
    expect(place.contents()).toEqual(before);
  });

  test("a certificate that it signed directly needs no chain", async () => {
    const place = await waiting(root);
    const leaf = sign(place, root);
    await handIn(place, leaf);
    expect(place.read(LEAF)).toBe(leaf);
  });

  test.each<[string, (leaf: string) => string[], RegExp]>([
    [
      "a link is missing",
      (leaf) => [leaf, issuer.certificate],
      /the certificate of C=DE, O=Example, CN=Middle, which signed C=DE, CN=kubernetes, is missing: append it/,
    ],
    [
      "the first link is missing",
      (leaf) => [leaf, middle.certificate],
      /the certificate of C=DE, CN=kubernetes, which signed CN=kube-apiserver, is missing/,
    ],
    [
      "all links are missing",
      (leaf) => [leaf],
      /it is signed by C=DE, CN=kubernetes, not by C=DE, O=Example, CN=Root/,
    ],
    [
      "the links are swapped",
      (leaf) => [leaf, middle.certificate, issuer.certificate],
      /not in order: after CN=kube-apiserver has to come C=DE, CN=kubernetes/,
    ],
    [
      "the certificate comes last",
      (leaf) => [issuer.certificate, middle.certificate, leaf],
      /the one that belongs to its key has to come first/,
    ],
    [
      "a foreign certificate comes with it",
      (leaf) => [
        leaf,
        issuer.certificate,
        middle.certificate,
        opensslAuthority({ subject: "/CN=other" }).certificate,
      ],
      /CN=other/,
    ],
  ])("reports when %s", async (_, parts, reason) => {
    const place = await waiting(root);
    await handIn(place, ...parts(sign(place, issuer)));
    expect(complaint(place)).toMatch(reason);
    expect(place.files()).not.toContain(LEAF);
  });

  test("reports a CA in the chain that may not sign for the purpose", async () => {
    const narrow = opensslAuthority({
      subject: "/CN=narrow",
      signer: root,
      extensions: [...AUTHORITY_EXTENSIONS, "extendedKeyUsage = clientAuth"],
    });
    const place = await waiting(root);
    await handIn(place, sign(place, narrow), narrow.certificate);
    expect(complaint(place)).toMatch(
      /usages of CN=narrow .* exclude serverAuth/,
    );
  });

  test("reports a CA in the chain that allows no CA below it", async () => {
    const last = opensslAuthority({
      subject: "/CN=last",
      signer: root,
      extensions: ["basicConstraints = critical, CA:true, pathlen:0"],
    });
    const below = opensslAuthority({ subject: "/CN=below", signer: last });
    const place = await waiting(root);
    await handIn(
      place,
      sign(place, below),
      below.certificate,
      last.certificate,
    );
    expect(complaint(place)).toMatch(/path length of CN=last/);
  });

  test("reports a signature with SHA-1", async () => {
    const place = await waiting(root);
    const request = place.path(`pending/${APISERVER}.csr`);
    const out = temporaryFile("");
    openssl(
      "x509",
      "-req",
      "-sha1",
      "-in",
      request,
      "-days",
      "90",
      "-out",
      out,
      "-copy_extensions",
      "copyall",
      "-CA",
      temporaryFile(root.certificate),
      "-CAkey",
      temporaryFile(root.key),
    );
    await handIn(place, readFileSync(out, "utf8"));
    expect(complaint(place)).toMatch(/SHA-1/);
  });

  test("a key that is handed in with a certificate is not copied", async () => {
    const place = await waiting(root);
    const leaf = sign(place, root);
    await handIn(place, leaf, root.key);
    expect(place.read(LEAF)).toBe(leaf);
    expect(place.files().filter((file) => file.startsWith("pending"))).toEqual(
      [],
    );
  });
});
