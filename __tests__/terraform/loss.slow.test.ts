import { existsSync, renameSync, rmSync } from "node:fs";
import { Duration } from "../../lib";
import { cluster, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";

/** The advice in the error of a plan after files were lost. */
const WAYS_OUT = [
  /cannot be made a second time/,
  /Restore the store from its backup/,
  /destroy everything in the store, and delete it/,
];

const deployment = new Deployment();
afterAll(() => deployment.dispose());

let made: Record<string, string>;
beforeAll(() => {
  deployment.program(cluster()).apply();
  made = deployment.hashes(STORE);
});

const store = () => deployment.path(STORE);
const away = () => deployment.path("away");

/** Runs an action while a part of the store is moved away. */
function without<T>(path: string, action: () => T): T {
  const from = deployment.path(STORE, path);
  renameSync(from, away());
  try {
    return action();
  } finally {
    rmSync(from, { recursive: true, force: true });
    renameSync(away(), from);
  }
}

test("lost state makes no file again", () => {
  deployment.forgetState();

  const run = deployment.apply();

  expect(run.changes.replaced).toEqual([]);
  expect(run.changes.created.length).toBeGreaterThan(40);
  expect(run.lines.filter((line) => line.includes("made"))).toEqual([]);
  expect(deployment.hashes(STORE)).toEqual(made);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("lost stamps are written again, and their files stay", () => {
  deployment.remove(`${STORE}/.stamps`);

  const run = deployment.apply();

  expect(run.changes.replaced.length).toBeGreaterThan(20);
  expect(deployment.hashes(STORE)).toEqual(made);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a CA that a killed apply left only in the state is made by the next apply", () => {
  const killed = new Deployment();
  killed.program(cluster()).apply();
  killed.remove(`${STORE}/pki/etcd`);
  killed.remove(`${STORE}/.stamps/pki/etcd`);
  killed.forget((name) => /etcd-ca_(guard|.*anchor)/.test(name));

  const run = killed.apply();

  expect(run.errors).toEqual([]);
  expect(killed.files(`${STORE}/pki`)).toContain("etcd/ca.key");
  expect(killed.plan().changes).toEqual(NOTHING);
  killed.dispose();
});

describe("a plan", () => {
  const LOST = {
    "the key of the certificate authority": "pki/ca.key",
    "the certificate of etcd's authority": "pki/etcd/ca.crt",
    "the service account key": "pki/sa.key",
    "the authorities": "pki",
    "the store": "",
  };
  test.each(Object.entries(LOST))("fails when %s is lost", (_, path) => {
    const run = without(path, () => deployment.tryPlan());

    expect(run.ok).toBe(false);
    for (const way of WAYS_OUT) expect(run.errors.join("\n")).toMatch(way);
  });

  test.each([LOST["the key of the certificate authority"], LOST["the store"]])(
    "fails without %j, even if the program changed as well",
    (path) => {
      deployment.program(
        cluster({
          caCertificateValidity: Duration.days(99),
          certificateValidity: Duration.days(9),
        }),
      );

      const run = without(path, () => deployment.tryPlan());

      expect(run.ok).toBe(false);
      for (const way of WAYS_OUT) expect(run.errors.join("\n")).toMatch(way);
    },
  );

  test("names each lost artefact once", () => {
    deployment.program(cluster());

    const { errors } = without("pki/sa.key", () => deployment.tryPlan());

    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("pki/sa.key");
  });

  test("fails when a CA's certificate was exchanged", () => {
    const certificate = deployment.read(`${STORE}/pki/ca.crt`);
    deployment.write(
      `${STORE}/pki/ca.crt`,
      deployment.read(`${STORE}/pki/etcd/ca.crt`),
    );

    const { ok, errors } = deployment.tryPlan();

    expect(ok).toBe(false);
    // One error is the guard's, the other one is the anchor's.
    expect(errors).toHaveLength(2);
    deployment.write(`${STORE}/pki/ca.crt`, certificate);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("works for a new cluster, whose store is empty and not in the state", () => {
    const other = new Deployment().program(cluster());
    expect(other.plan().changes.created.length).toBeGreaterThan(40);
    other.dispose();
  });
});

test("an apply without the key makes nothing", () => {
  const run = without("pki/ca.key", () => {
    deployment.remove(`${STORE}/kubeconfigs/admin.conf`);
    return deployment.tryApply();
  });

  expect(run.ok).toBe(false);
  expect(run.lines.filter((line) => line.includes("made"))).toEqual([]);
  expect(existsSync(deployment.path(STORE, "pki/ca.key"))).toBe(true);
  deployment.apply();
  expect(deployment.plan().changes).toEqual(NOTHING);
});

describe("destroy", () => {
  test("works when a key is lost, even if the program changed as well", () => {
    deployment.remove(`${STORE}/pki/ca.key`);
    deployment.program(cluster({ certSans: ["further.example.org"] }));
    expect(deployment.tryPlan().ok).toBe(false);

    const run = deployment.destroy();

    expect(run.errors).toEqual([]);
    expect(deployment.files(`${STORE}/nodes`)).toEqual([]);
    expect(deployment.files(`${STORE}/pki`)).toContain("sa.key");
  });

  test("works when the store is lost", () => {
    rmSync(store(), { recursive: true });
    deployment.apply();
    rmSync(store(), { recursive: true });
    expect(deployment.tryPlan().ok).toBe(false);

    expect(deployment.destroy().ok).toBe(true);
    expect(existsSync(store())).toBe(false);
  });
});
