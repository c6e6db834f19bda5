import { cpSync, rmSync } from "node:fs";
import { Duration } from "../../lib";
import { openssl } from "../agent/support/openssl";
import { cluster, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";
import {
  exchangeAuthority,
  expectRefused,
  foreignAuthority,
  hashOf,
  makeKey,
  restamp,
} from "./support/exchange";

const deployments: Deployment[] = [];
afterAll(() => deployments.forEach((deployment) => deployment.dispose()));

/** A deployed cluster, with a backup of its store. */
function deployed(): Deployment {
  const deployment = new Deployment();
  deployments.push(deployment);
  deployment.program(cluster()).apply();
  cpSync(deployment.path(STORE), deployment.path("backup"), {
    recursive: true,
  });
  return deployment;
}

function restore(deployment: Deployment): void {
  rmSync(deployment.path(STORE), { recursive: true });
  cpSync(deployment.path("backup"), deployment.path(STORE), {
    recursive: true,
  });
}

describe("a plan over the store of a deployed cluster", () => {
  let deployment: Deployment;
  beforeAll(() => (deployment = deployed()));
  beforeEach(() => deployment.program(cluster()));
  afterEach(() => restore(deployment));

  test.each(["pki/ca", "pki/etcd/ca", "pki/front-proxy-ca"])(
    "fails when %s was exchanged with its stamp",
    (path) => {
      exchangeAuthority(deployment, path);
      expectRefused(deployment.tryPlan(), `${path}.crt`, `${path}.key`);
    },
  );

  test("replaces a node's copy that was exchanged with its stamp", () => {
    const copy = "nodes/cp-1/root/etc/kubernetes/pki/ca";
    const original = deployment.read(`${STORE}/${copy}.crt`);
    exchangeAuthority(deployment, copy);
    const { changes } = deployment.apply();
    expect(changes).not.toEqual(NOTHING);
    expect(deployment.read(`${STORE}/${copy}.crt`)).toBe(original);
    expect(deployment.read(`${STORE}/${copy}.key`)).toBe(
      deployment.read(`${STORE}/pki/ca.key`),
    );
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("fails when only the certificate was exchanged with its stamp", () => {
    foreignAuthority(
      deployment.path(STORE, "pki/ca.crt"),
      deployment.path("foreign.key"),
    );
    restamp(deployment, ["pki/ca.crt", "pki/ca.key"]);
    expectRefused(deployment.tryPlan(), "pki/ca.crt");
  });

  test("fails when the CA was exchanged and the stamps are gone", () => {
    exchangeAuthority(deployment);
    deployment.remove(`${STORE}/.stamps`);
    expectRefused(deployment.tryPlan(), "pki/ca.crt", "pki/ca.key");
  });

  test("fails when the certificate of another CA was appended", () => {
    foreignAuthority(
      deployment.path("foreign.crt"),
      deployment.path("foreign.key"),
    );
    const both =
      deployment.read(`${STORE}/pki/ca.crt`) + deployment.read("foreign.crt");
    deployment.write(`${STORE}/pki/ca.crt`, both);
    deployment.remove(`${STORE}/.stamps/pki/ca.crt.json`);
    expectRefused(deployment.tryPlan(), "pki/ca.crt");
  });

  test("fails when the CA was exchanged just before it is signed again", () => {
    exchangeAuthority(deployment);
    deployment.program(cluster({ caCertificateValidity: Duration.days(5000) }));
    expectRefused(deployment.tryApply(), "pki/ca.key");
  });

  test("fails when the service account key pair was exchanged with its stamp", () => {
    const [key, pub] = ["pki/sa.key", "pki/sa.pub"];
    const file = deployment.path(STORE, key);
    makeKey(file);
    openssl("ec", "-in", file, "-pubout", "-out", deployment.path(STORE, pub));
    restamp(deployment, [key, pub]);
    expectRefused(deployment.tryPlan(), key, pub);
  });

  test("fails when a foreign key was added to those that verify tokens", () => {
    const pub = `${STORE}/pki/sa.pub`;
    makeKey(deployment.path("foreign.key"));
    const foreign = openssl(
      "ec",
      "-in",
      deployment.path("foreign.key"),
      "-pubout",
    );
    deployment.write(pub, deployment.read(pub) + foreign);
    restamp(deployment, ["pki/sa.key", "pki/sa.pub"]);
    expectRefused(deployment.tryPlan(), "pki/sa.pub");
  });

  test("fails when the whole store was replaced by that of another cluster with the same name", () => {
    const other = deployed();
    rmSync(deployment.path(STORE), { recursive: true });
    cpSync(other.path(STORE), deployment.path(STORE), { recursive: true });
    expectRefused(deployment.tryPlan(), "pki/ca.crt", "pki/etcd/ca.key");
  });

  test("also fails as part of an apply, which changes no file", () => {
    exchangeAuthority(deployment);
    const before = deployment.hashes(STORE);
    expectRefused(deployment.tryApply(), "pki/ca.crt");
    expect(deployment.hashes(STORE)).toEqual(before);
  });
});

test("a CA that is signed again on purpose is anchored by the same apply", () => {
  const deployment = deployed();
  const key = deployment.read(`${STORE}/pki/ca.key`);
  const before = deployment.read(`${STORE}/pki/ca.crt`);

  deployment.program(cluster({ caCertificateValidity: Duration.days(5000) }));
  deployment.apply();

  expect(deployment.read(`${STORE}/pki/ca.key`)).toBe(key);
  expect(deployment.read(`${STORE}/pki/ca.crt`)).not.toBe(before);
  expect(deployment.state()).toContain(
    hashOf(deployment, `${STORE}/pki/ca.crt`),
  );
  expect(deployment.plan().changes).toEqual(NOTHING);

  deployment.write(`${STORE}/pki/ca.crt`, before);
  restamp(deployment, ["pki/ca.crt", "pki/ca.key"]);
  expectRefused(deployment.tryPlan(), "pki/ca.crt");
});

test("a new state anchors the store as it is, and detects later exchanges", () => {
  const deployment = deployed();
  deployment.forgetState();
  deployment.apply();
  expect(deployment.plan().changes).toEqual(NOTHING);

  exchangeAuthority(deployment);
  expectRefused(deployment.tryPlan(), "pki/ca.crt", "pki/ca.key");
});

test("a state without anchors gets only the anchors, and no file is made again", () => {
  const deployment = deployed();
  const before = deployment.hashes(STORE);
  deployment.forget((name) => /-anchor/.test(name));

  const { changes, lines } = deployment.apply();

  expect(changes.replaced).toEqual([]);
  expect(changes.deleted).toEqual([]);
  expect(changes.created).toHaveLength(8);
  expect(changes.created.filter((name) => !/anchor/.test(name))).toEqual([]);
  expect(lines).toEqual([]);
  expect(deployment.hashes(STORE)).toEqual(before);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("an intended exchange is accepted with -replace, as the error says", () => {
  const deployment = deployed();
  exchangeAuthority(deployment);
  const addresses = deployment
    .tryPlan()
    .errors.flatMap((error) => /-replace=(\S+)/.exec(error)?.slice(1) ?? []);
  expect(addresses).toHaveLength(2);

  const run = deployment.tryApply(
    undefined,
    ...addresses.map((address) => `-replace=${address}`),
  );

  expect(run.errors).toEqual([]);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a cluster whose CA was exchanged can be destroyed", () => {
  const deployment = deployed();
  exchangeAuthority(deployment);
  deployment.destroy();
  expect(deployment.files(`${STORE}/nodes`)).toEqual([]);
  expect(deployment.files(STORE)).toContain("pki/ca.key");
});
