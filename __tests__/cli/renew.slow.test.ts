import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { openssl } from "../agent/support/openssl";
import { TERRAFORM_NAME } from "../support/requirements";
import { controlPlane, program, Project } from "./support/project";

const USER = 'controlPlane.addUser("jane", { groups: ["developers"] });';
const WEB = `
new Certificate(stack, "web", {
  certificateAuthority: controlPlane.certificateAuthority, commonName: "web", names: ["web.example.org"],
  usages: ["serverAuth"], keyAlgorithm: KeyAlgorithm.ECDSA_P256,
});`;
const main = (nodes = ["cp-1", "cp-2"], more = USER + WEB) =>
  program(controlPlane(nodes) + more);

const STORE = "clusters/test";
const PKI = "root/etc/kubernetes/pki";
const apiserver = (node: string, ending = "crt") =>
  `nodes/${node}/${PKI}/apiserver.${ending}`;

const project = new Project(main());
afterAll(() => project.end());

const read = (file: string): string =>
  readFileSync(project.path(`${STORE}/${file}`), "utf8");

/** The content of each file, without the bookkeeping. */
const contents = (): Map<string, string> =>
  new Map(
    execFileSync("find", [".", "-type", "f", "-not", "-path", "./.*"], {
      cwd: project.path(STORE),
      encoding: "utf8",
    })
      .trim()
      .split("\n")
      .map((file) => file.slice(2))
      .filter((file) => file !== "inventory.json")
      .map((file) => [file, read(file)]),
  );

/** The files that differ from what they were. */
const changedSince = (before: ReadonlyMap<string, string>): string[] =>
  [...contents()]
    .filter(([file, content]) => before.get(file) !== content)
    .map(([file]) => file)
    .sort();

/** What OpenSSL says of a certificate, without its key, its times and what depends on them. */
const lastingPartOf = (file: string): string =>
  openssl(
    "x509",
    "-in",
    project.path(`${STORE}/${file}`),
    "-noout",
    "-subject",
    "-issuer",
    "-ext",
    "subjectAltName,keyUsage,extendedKeyUsage,basicConstraints",
  );

const publicKeyOf = (file: string): string =>
  openssl("pkey", "-in", project.path(`${STORE}/${file}`), "-pubout");

const planIsEmpty = async (): Promise<void> => {
  const { exitCode, stdout } = await project.run("plan");
  expect([exitCode, stdout]).toEqual([0, "stack: no changes\n"]);
};

const terraform = (...args: string[]): string =>
  execFileSync(TERRAFORM_NAME, [...args, "-no-color"], {
    cwd: project.path("cdktf.out/stacks/stack"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

beforeAll(async () => {
  expect((await project.run("deploy")).exitCode).toBe(0);
});

describe("a new key that is asked for without a deploy", () => {
  test("is recorded once, in the bookkeeping alone", async () => {
    const before = contents();
    const { exitCode, stdout } = await project.run(
      "renew apiserver --node cp-1 --no-deploy",
    );
    expect([exitCode, stdout]).toEqual([
      0,
      `clusters/test: 1 new key asked for
  apiserver on cp-1
The next deploy makes them: cdktf-control-plane deploy stack
`,
    ]);
    const stamp = read(`.stamps/${apiserver("cp-1")}.json`);
    expect(stamp).not.toContain("PRIVATE KEY");
    await project.run("renew apiserver --node cp-1 --no-deploy");
    expect(read(`.stamps/${apiserver("cp-1")}.json`)).toBe(stamp);
    expect(changedSince(before)).toEqual([]);
  });

  test("is in each plan, with the reason, and in what inspect prints", async () => {
    const { exitCode, stdout } = await project.run("plan");
    expect([exitCode, stdout]).toEqual([
      2,
      `stack: 2 files to replace
  ~ /etc/kubernetes/pki/apiserver.{crt,key} on cp-1
      renewal was asked for
`,
    ]);
    expect(terraform("plan")).toContain("intact");
    const inspected = await project.run("inspect");
    expect(inspected.exitCode).toBe(1);
    expect(inspected.stdout.replace(/\s+/g, " ")).toContain(
      "serving certificate of kube-apiserver on cp-1 (nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt): renewal was asked for, so the next apply renews it",
    );
  });

  test("is made by a plain apply, for the same names and usages, and nothing else changes", async () => {
    const before = contents();
    const [wasKey, was] = [
      publicKeyOf(apiserver("cp-1", "key")),
      lastingPartOf(apiserver("cp-1")),
    ];
    terraform("apply", "-auto-approve");
    expect(changedSince(before)).toEqual([
      apiserver("cp-1"),
      apiserver("cp-1", "key"),
    ]);
    expect(publicKeyOf(apiserver("cp-1", "key"))).not.toBe(wasKey);
    expect(lastingPartOf(apiserver("cp-1"))).toBe(was);
    expect(
      openssl(
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        project.path(`${STORE}/pki/ca.crt`),
        project.path(`${STORE}/${apiserver("cp-1")}`),
      ),
    ).toContain("OK");
    await planIsEmpty();
  });
});

test("new keys are asked for and deployed in one go, by short names, paths and purposes", async () => {
  const before = contents();
  const certificate = "nodes/cp-1/root/var/lib/kubelet/pki/kubelet.crt";
  const { exitCode, stdout, stderr } = await project.run(
    `renew etcd/server jane.conf stack ${certificate} --node cp-1 --node cp-2 --allow-destroy`,
  );
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(
    'There is no certificate "jane.conf" on cp-1 and cp-2.',
  );
  const renewed = await project.run(
    `renew etcd/server kubeconfigs/jane.conf stack ${certificate}`,
  );
  expect(renewed.exitCode).toBe(0);
  expect(renewed.stdout).toContain(`clusters/test: 4 new keys asked for
  etcd/server on cp-1, cp-2
  kubeconfigs/jane.conf
  kubelet on cp-1
stack: 7 files to replace
`);
  expect(changedSince(before)).toEqual(
    [
      "kubeconfigs/jane.conf",
      certificate,
      certificate.replace(/crt$/, "key"),
      ...["cp-1", "cp-2"].flatMap((node) =>
        ["crt", "key"].map(
          (ending) => `nodes/${node}/${PKI}/etcd/server.${ending}`,
        ),
      ),
    ].sort(),
  );
  await planIsEmpty();
});

test("a run that is killed after it asked is continued by any deploy", async () => {
  const before = contents();
  const { child, outcome } = project.start("renew apiserver certificates/web");
  const isAsked = () =>
    [apiserver("cp-1"), apiserver("cp-2"), "certificates/web.crt"].every(
      (file) => read(`.stamps/${file}.json`).includes('"renewal"'),
    );
  while (!isAsked()) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill("SIGKILL");
  await outcome;
  expect(changedSince(before)).toEqual([]);
  expect((await project.run("deploy")).exitCode).toBe(0);
  expect(changedSince(before)).toEqual([
    "certificates/web.crt",
    "certificates/web.key",
    ...["cp-1", "cp-2"].flatMap((node) => [
      apiserver(node),
      apiserver(node, "key"),
    ]),
  ]);
});

describe("a plan that is not confirmed", () => {
  test("takes back what was asked for, but not what was asked for earlier", async () => {
    const before = contents();
    await project.run("renew apiserver --node cp-2 --no-deploy");
    const { exitCode, stdout } = await project.inTerminal(
      "renew apiserver --confirm",
      "no\n",
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain("renewal was asked for");
    expect(stdout).toContain("the plan was not confirmed. Nothing was changed");
    const { stdout: left } = await project.run("plan");
    expect(left).toContain("apiserver.{crt,key} on cp-2\n");
    // Without its stamp, a certificate is looked at and kept: so this takes back the rest.
    project.remove(`${STORE}/.stamps/${apiserver("cp-2")}.json`);
    expect((await project.run("deploy")).exitCode).toBe(0);
    expect(changedSince(before)).toEqual([]);
    await planIsEmpty();
  });

  test("takes it back where there is no terminal, and when it is interrupted while it asks", async () => {
    const { exitCode, stderr } = await project.run("renew --confirm");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("there is no terminal to ask in");
    const stopped = await project.inTerminal("renew --confirm", "\u0003");
    expect(stopped.exitCode).toBe(130);
    await planIsEmpty();
  });
});

describe("what left the program before the apply", () => {
  const gone = ["kubeconfigs/jane.conf", apiserver("cp-2")];

  test("takes its request with it, if its batch or its node removes it", async () => {
    await project.run("renew web jane.conf apiserver --no-deploy");
    const before = contents();
    project.write("main.ts", main(["cp-1"], ""));
    expect((await project.run("deploy")).exitCode).toBe(0);
    for (const file of gone)
      for (const path of [file, `.stamps/${file}.json`])
        expect(existsSync(project.path(`${STORE}/${path}`))).toBe(false);
    const changed = changedSince(before);
    expect(changed).toContain(apiserver("cp-1"));
    // The batch of a certificate of your own leaves together with it, and nothing removes its files.
    expect(changed).not.toContain("certificates/web.crt");
  });

  test("gets its new key when it comes back", async () => {
    const before = contents();
    project.write("main.ts", main(["cp-1"], WEB));
    expect((await project.run("deploy")).exitCode).toBe(0);
    expect(changedSince(before)).toEqual([
      "certificates/web.crt",
      "certificates/web.key",
    ]);
    await planIsEmpty();
  });
});

test("without a name, it is everything but the authorities and the key of the service accounts", async () => {
  const before = contents();
  expect((await project.run("renew")).exitCode).toBe(0);
  const kept = [...before.keys()].filter(
    (file) => !changedSince(before).includes(file),
  );
  const isKeyed = (file: string): boolean => /\.(crt|key|conf)$/.test(file);
  expect(kept.filter(isKeyed).sort()).toEqual(
    [
      ...["ca", "etcd/ca", "front-proxy-ca", "sa"].flatMap((name) =>
        (name === "sa" ? ["key"] : ["crt", "key"]).map(
          (ending) => `nodes/cp-1/${PKI}/${name}.${ending}`,
        ),
      ),
      "pki/ca.crt",
      "pki/ca.key",
      "pki/etcd/ca.crt",
      "pki/etcd/ca.key",
      "pki/front-proxy-ca.crt",
      "pki/front-proxy-ca.key",
      "pki/sa.key",
    ].sort(),
  );
  await planIsEmpty();
});

test("`terraform apply -replace` keeps the key, and names the command that makes a new one", () => {
  const before = contents();
  const address = terraform("state", "list")
    .split("\n")
    .find((line) => line.includes("_apiserver-certificate_"))!;
  expect(terraform("apply", "-auto-approve", `-replace=${address}`)).toContain(
    "unchanged (to make new keys: cdktf-control-plane renew)",
  );
  expect(changedSince(before)).toEqual([]);
});
