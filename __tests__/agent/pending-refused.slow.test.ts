import { rmSync } from "node:fs";
import { APISERVER, authority } from "./support/artefacts";
import {
  apiserver,
  externalAuthority,
  PENDING,
  complaint,
} from "./support/external-authority";
import { openssl, temporaryFile } from "./support/openssl";
import { Workplace } from "./support/workplace";

describe("a signed certificate is refused with the reason", () => {
  async function reasonFor(
    hand: (
      place: Workplace,
      sign: (pending: string, ...extra: string[]) => void,
    ) => void | Promise<void>,
  ) {
    const { place, sign } = await externalAuthority();
    await place.batch([apiserver()]);
    await hand(place, sign);
    await place.batch([apiserver()]);
    expect(place.files()).not.toContain(`${APISERVER}.crt`);
    return /cannot be used: (.*)$/.exec(complaint(place))?.[1];
  }

  test("when it is not a certificate", async () => {
    expect(
      await reasonFor((place) =>
        place.write(`${PENDING.apiserver}.crt`, "none"),
      ),
    ).toBe("it is not a certificate in PEM form");
  });

  test("when another CA signed it", async () => {
    const reason = await reasonFor(async (place) => {
      const other = new Workplace();
      await other.batch([authority({ subject: { commonName: "theirs" } })]);
      openssl(
        "x509",
        "-req",
        "-in",
        place.path(`${PENDING.apiserver}.csr`),
        "-copy_extensions",
        "copyall",
        "-CA",
        other.path("pki/ca.crt"),
        "-CAkey",
        other.path("pki/ca.key"),
        "-out",
        place.path(`${PENDING.apiserver}.crt`),
      );
    });
    expect(reason).toBe("it is signed by CN=theirs, not by CN=kubernetes");
  });

  test("when it is for another key", async () => {
    const reason = await reasonFor(async (place, sign) => {
      sign(PENDING.apiserver);
      rmSync(place.path(`${PENDING.apiserver}.key`));
    });
    expect(reason).toBe("its key does not belong to it");
  });

  test.each([
    [
      "names",
      "subjectAltName=DNS:kubernetes\nextendedKeyUsage=serverAuth",
      "it lacks the name 10.0.0.1",
    ],
    [
      "a usage",
      "subjectAltName=DNS:kubernetes,IP:10.0.0.1\nextendedKeyUsage=clientAuth",
      "it lacks the usage serverAuth",
    ],
  ])("when it lacks %s", async (_, extensions, reason) => {
    const file = temporaryFile(extensions);
    const given = await reasonFor((_, sign) =>
      sign(PENDING.apiserver, "-copy_extensions", "none", "-extfile", file),
    );
    expect(given).toBe(reason);
  });
});
