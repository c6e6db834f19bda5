import { CertificateAuthority, Store } from "../../lib";
import { openssl } from "../agent/support/openssl";
import { STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";
import {
  expectRefused,
  foreignAuthority,
  makeKey,
  restamp,
} from "./support/exchange";

describe("a user's CA", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());
  const path = (file: string): string => deployment.path(file);
  const makeOwn = (days: string): string =>
    openssl(
      "req",
      "-x509",
      "-key",
      path("own.key"),
      "-days",
      days,
      "-subj",
      "/CN=own",
      "-out",
      path("own.crt"),
    );
  /** One CA with its key, and one with only its certificate. */
  const program = (): void =>
    void deployment.program((stack) => {
      const store = new Store(stack, "store", { directory: STORE });
      const [certificate, key] = ["own.crt", "own.key"];
      CertificateAuthority.fromFiles(stack, "own", { store, certificate, key });
      CertificateAuthority.external(stack, "external", { store, certificate });
    });

  beforeAll(() => {
    makeKey(path("own.key"));
    makeOwn("3650");
    program();
    deployment.apply();
  });
  beforeEach(() => expect(deployment.plan().changes).toEqual(NOTHING));

  test("is copied again after it was deleted", () => {
    deployment.remove(`${STORE}/pki/own.crt`);
    deployment.remove(`${STORE}/pki/external.crt`);
    deployment.apply();
  });

  test("is copied again after it was renewed with the same key", () => {
    makeOwn("4000");
    program();
    deployment.apply();
    expect(deployment.read(`${STORE}/pki/external.crt`)).toBe(
      deployment.read("own.crt"),
    );
  });

  test("fails a plan when its copy was exchanged with its stamp", () => {
    const own = deployment.read(`${STORE}/pki/external.crt`);
    foreignAuthority(path(`${STORE}/pki/external.crt`), path("foreign.key"));
    restamp(deployment, ["pki/external.crt"]);
    expectRefused(deployment.tryPlan(), "pki/external.crt");

    deployment.write(`${STORE}/pki/external.crt`, own);
    restamp(deployment, ["pki/external.crt"]);
  });
});
