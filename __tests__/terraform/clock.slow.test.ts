import { X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duration } from "../../lib";
import { cluster, STORE } from "../support/cluster";
import { Deployment, NOTHING, replaced } from "../support/terraform";

const APISERVER = "nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt";
const MINUTES = 60_000;
const DAYS = 24 * 60 * MINUTES;

/** A Node.js for Terraform whose clock is ahead by what a file says. */
const folder = mkdtempSync(join(tmpdir(), "clock-"));
const clock = join(folder, "ahead");
const preload = join(folder, "ahead.cjs");
writeFileSync(
  preload,
  `const ahead = Number(require("node:fs").readFileSync(${JSON.stringify(clock)}, "utf8"));
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length > 0) super(...given);
    else super(Real.now() + ahead);
  }
  static now() {
    return Real.now() + ahead;
  }
};`,
);
writeFileSync(
  join(folder, "node"),
  `#!/bin/sh\nexec ${process.execPath} --require ${preload} "$@"\n`,
);
chmodSync(join(folder, "node"), 0o755);
const setAhead = (milliseconds: number): void =>
  writeFileSync(clock, String(milliseconds));

const deployment = new Deployment({ PATH: `${folder}:${process.env.PATH}` });
afterAll(() => {
  deployment.dispose();
  rmSync(folder, { recursive: true });
});

const start = (path: string): number =>
  Date.parse(
    new X509Certificate(deployment.read(`${STORE}/${path}`)).validFrom,
  );

test("a clock that is some minutes ahead plans nothing afterwards", () => {
  setAhead(0);
  deployment.program(cluster()).apply();
  deployment.remove(`${STORE}/${APISERVER}`);
  setAhead(12 * MINUTES);
  deployment.apply();
  expect(start(APISERVER)).toBeGreaterThan(Date.now());
  expect(deployment.plan()).toMatchObject({ changes: NOTHING, warnings: [] });
});

test("a certificate that was made while the clock was ahead by a day is made anew, alone", () => {
  deployment.remove(`${STORE}/${APISERVER}`);
  setAhead(DAYS);
  deployment.apply();
  expect(start(APISERVER)).toBeGreaterThan(Date.now());
  setAhead(0);
  expect(deployment.apply().changes).toEqual(
    replaced(APISERVER, "batch nodes/cp-1", "rollout"),
  );
  expect(start(APISERVER)).toBeLessThan(Date.now());
  expect(deployment.plan().changes).toEqual(NOTHING);
});

describe("a cluster that was made while the clock was ahead", () => {
  test("is planned with a warning about each CA, and fails with the time from which they are valid", () => {
    deployment.destroy();
    deployment.remove(STORE);
    setAhead(DAYS);
    deployment.program(cluster()).apply();
    setAhead(0);
    const { changes, warnings } = deployment.plan();
    expect(changes.replaced).toContain(APISERVER);
    expect(changes.replaced).not.toContain("pki/ca.crt");
    expect(
      warnings.filter((warning) =>
        /authority of .* is not valid before 20\d\d-.*signed again with the same key/s.test(
          warning,
        ),
      ),
    ).toHaveLength(3);
    expect(deployment.tryApply().errors.join("\n")).toMatch(
      /ca\.crt is not valid before \S+Z\. The clock of this machine says/,
    );
  });

  test("is valid at once if the CAs get another lifetime, with the same keys", () => {
    const key = deployment.read(`${STORE}/pki/ca.key`);
    deployment
      .program(cluster({ caCertificateValidity: Duration.days(3651) }))
      .apply();
    expect(deployment.read(`${STORE}/pki/ca.key`)).toBe(key);
    for (const path of ["pki/ca.crt", "pki/etcd/ca.crt", APISERVER])
      expect(start(path)).toBeLessThan(Date.now());
    expect(deployment.plan()).toMatchObject({ changes: NOTHING, warnings: [] });
  });
});
