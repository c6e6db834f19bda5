import { execFileSync } from "node:child_process";
import { KeyAlgorithm } from "../../lib";
import { cluster, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";

const PKI = `${STORE}/nodes/cp-1/root/etc/kubernetes/pki`;
const APISERVER = `${PKI}/../manifests/kube-apiserver.yaml`;

const deployments: Deployment[] = [];
afterAll(() => deployments.forEach((deployment) => deployment.dispose()));

function deploymentOf(files: Readonly<Record<string, string>>): Deployment {
  const deployment = new Deployment();
  deployments.push(deployment);
  for (const [path, text] of Object.entries(files))
    deployment.write(`${STORE}/${path}`, text);
  return deployment.program(cluster());
}

const openssl = (input: string, ...args: readonly string[]): string =>
  execFileSync("openssl", args, {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
const rsaKey = (bits: number): string =>
  openssl("", "genrsa", "-traditional", String(bits));
const publicHalf = (key: string): string => openssl(key, "pkey", "-pubout");

describe("the service account keys of a cluster that rotated them", () => {
  const [key, earlier, next] = [rsaKey(3072), rsaKey(2048), rsaKey(2048)];
  const both = publicHalf(earlier) + publicHalf(key);
  let deployment: Deployment;

  test("are all used, although the program would make keys of another kind", () => {
    deployment = deploymentOf({ "pki/sa.key": key, "pki/sa.pub": both });

    deployment.apply();

    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(deployment.read(`${PKI}/sa.key`)).toBe(key);
    expect(deployment.read(`${PKI}/sa.pub`)).toBe(both);
    expect(deployment.read(APISERVER)).toContain(
      "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
    );
    expect(deployment.state()).not.toContain("PRIVATE KEY");
  });

  test("stay when the program changes its key algorithm", () => {
    const other = { keyAlgorithm: KeyAlgorithm.RSA_2048 };
    const run = deployment.program(cluster(other)).tryApply();
    expect(run.errors).toEqual([
      expect.stringContaining("- keyAlgorithm: ECDSA-P256 would become"),
    ]);
    for (const props of [other, {}]) {
      const allowChangesTo = ["keyAlgorithm"] as const;
      deployment.program(cluster({ ...props, allowChangesTo })).apply();
      expect(deployment.read(`${STORE}/pki/sa.key`)).toBe(key);
    }
    expect(deployment.program(cluster()).plan().changes).toEqual(NOTHING);
  });

  /** Follows the error of the plan that refuses the change: deletes a stamp and applies with -replace. */
  function followErrors(): void {
    const { errors } = deployment.tryPlan();
    const [, stamp, options] =
      /delete (\S+\.json), and run [^:]*: terraform apply ((?: ?-replace=\S+)+)/.exec(
        errors[0].replace(/\s+/g, " "),
      )!;
    expect(stamp).toBe(`${STORE}/.stamps/pki/sa.key.json`);
    deployment.remove(stamp);
    const { errors: after } = deployment.tryApply(
      undefined,
      ...options.split(" "),
    );
    expect(after).toEqual([]);
    expect(deployment.plan().changes).toEqual(NOTHING);
  }

  test("can be rotated again, in steps, by following the errors of the plans", () => {
    const three = both + publicHalf(next);
    deployment.write(`${STORE}/pki/sa.pub`, three);
    followErrors();
    deployment.write(`${STORE}/pki/sa.key`, next);
    followErrors();

    expect(deployment.read(`${PKI}/sa.key`)).toBe(next);
    expect(deployment.read(`${PKI}/sa.pub`)).toBe(three);
  });
});

test("fails when a key has a passphrase, before anything is written to the node", () => {
  const key = openssl(
    rsaKey(2048),
    "pkey",
    "-aes256",
    "-passout",
    "pass:secret",
  );
  const deployment = deploymentOf({ "pki/sa.key": key });

  const { errors } = deployment.tryApply();

  expect(errors.join()).toMatch(/pki\/sa.key.* it has a passphrase/s);
  expect(errors.join()).toContain("openssl pkey -in");
  expect(deployment.read(`${STORE}/pki/sa.key`)).toBe(key);
  expect(deployment.files(PKI)).toEqual([]);
});
