import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { controlPlane, program, Project } from "../cli/support/project";
import { foreignAuthority } from "./support/exchange";

const STORE = "clusters/test";
const project = new Project(program(controlPlane(["cp-1"])));
afterAll(() => project.end());

beforeAll(async () => {
  expect((await project.run("deploy")).exitCode).toBe(0);
});

const mode = (file: string): number =>
  statSync(project.path(`${STORE}/${file}`)).mode & 0o777;

test("check reports a store that was restored with too open modes, and deploy corrects them", async () => {
  chmodSync(project.path(STORE), 0o777);
  chmodSync(project.path(`${STORE}/pki/ca.key`), 0o644);
  project.remove(`${STORE}/.gitignore`);

  const check = await project.run("check");
  expect(check.exitCode).toBe(2);
  expect(check.stdout).toMatch(/pki\/ca\.key: its mode is 0644/);

  const { exitCode, stdout } = await project.run("deploy");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("clusters/test: 2 file modes corrected");
  expect(stdout).toContain("no changes");
  expect([mode("."), mode("pki/ca.key")]).toEqual([0o700, 0o600]);
  expect(existsSync(project.path(`${STORE}/.gitignore`))).toBe(true);
});

test("commands fail when a file belongs to another user, and name it", async () => {
  const file = project.path(`${STORE}/pki/ca.key`);
  chownSync(file, 65534, 65534);
  for (const command of ["deploy", "check", "inspect"]) {
    const { exitCode, stdout, stderr } = await project.run(command);
    expect(exitCode).not.toBe(0);
    expect((stdout + stderr).replace(/\s+/g, " ")).toMatch(
      /pki\/ca\.key belongs to the user with the id 65534/,
    );
  }
  chownSync(file, 0, 0);
});

/** Writes another CA with the same name to these files of the store. */
const foreignCa = (certificate: string, key: string) =>
  foreignAuthority(
    project.path(`${STORE}/${certificate}`),
    project.path(`${STORE}/${key}`),
  );

test("inspect does not trust a node's CA that the state does not know, nor certificates that it signed", async () => {
  const pki = `nodes/cp-1/root/etc/kubernetes/pki`;
  const kept = project.path("kept");
  cpSync(project.path(`${STORE}/${pki}`), kept, { recursive: true });
  foreignCa(`${pki}/ca.crt`, `${pki}/ca.key`);

  const { exitCode, stdout } = await project.run("inspect --json");
  cpSync(kept, project.path(`${STORE}/${pki}`), { recursive: true });

  expect(exitCode).toBe(2);
  const [{ certificates }] = JSON.parse(stdout).stores;
  expect(
    certificates.find(({ files }: { files: string[] }) =>
      files.includes(`${pki}/ca.crt`),
    ),
  ).toMatchObject({ state: "broken" });
});

test("inspect reports when it could not read the state", async () => {
  const known = await project.run("inspect");
  expect(known.stdout).not.toContain("not compared");

  const environment = { TERRAFORM_BINARY_NAME: "no-such-terraform" };
  const { exitCode, stdout } = await project.run("inspect", environment);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/not compared with Terraform's state/);
  const json = await project.run("inspect --json", environment);
  const [store] = JSON.parse(json.stdout).stores;
  expect(store.unanchored).toMatch(/no-such-terraform/);
});

test("inspect reports a CA that differs from the one in the state, and everything that it signed", async () => {
  expect((await project.run("inspect")).exitCode).toBe(0);
  foreignCa("pki/ca.crt", "pki/ca.key");

  const { exitCode, stdout } = await project.run("inspect --json");

  expect(exitCode).toBe(2);
  const [{ problems, certificates }] = JSON.parse(stdout).stores;
  expect(problems).toContainEqual({
    file: "pki/ca.crt",
    reason: expect.stringMatching(/differs from the hash in Terraform's state/),
  });
  expect(
    certificates.find(({ files }: { files: string[] }) =>
      files.includes("pki/ca.crt"),
    ),
  ).toMatchObject({ state: "broken" });
  expect((await project.run("deploy")).exitCode).toBe(1);
});

test("destroy refuses a FIFO in the store, and removes nothing", async () => {
  const stamp = project.path(`${STORE}/.stamps/kubeconfigs/admin.conf.json`);
  renameSync(stamp, `${stamp}.away`);
  execFileSync("mkfifo", [stamp]);
  const { exitCode, stderr } = await project.run("destroy");
  rmSync(stamp);
  renameSync(`${stamp}.away`, stamp);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/admin\.conf\.json is a FIFO/);
  expect(existsSync(project.path(`${STORE}/kubeconfigs/admin.conf`))).toBe(
    true,
  );
});
