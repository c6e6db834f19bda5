import { existsSync, readFileSync } from "node:fs";
import { nullProvider } from "../../support/null-provider";
import { OWN_PROVIDER, ownProvider } from "../../support/own-provider";
import { type Outcome, program, Project } from "./project";

/** A program with a store and a CA, and other resources. */
export const stackWith = (body: string): string =>
  program(`
const store = new Store(stack, "store", { directory: "stores/test" });
new CertificateAuthority(stack, "ca", { store, commonName: "ca", keyAlgorithm: KeyAlgorithm.ECDSA_P256 });
const thing = (type: string, id: string, attributes: object) => {
  const resource = new TerraformResource(stack, id, { terraformResourceType: type });
  for (const [name, value] of Object.entries(attributes)) resource.addOverride(name, value);
  return resource;
};
stack.addOverride("terraform.required_providers", {
  null: { source: "hashicorp/null", version: "1.0.0" },
  own: { source: "${OWN_PROVIDER}", version: "1.0.0" },
});
${body}
`);

/** A file that gets a line whenever a resource of the test is destroyed. */
export const GRAVE = "grave";
/** A provisioner that writes such a line. */
export const BURY = `{ "local-exec": { when: "destroy", command: "echo buried >> ../../../${GRAVE}" } }`;

/** The environment of every deploy. */
export const environment: NodeJS.ProcessEnv = {};

export function makeProviders(): void {
  nullProvider();
  environment.TF_CLI_CONFIG_FILE = ownProvider();
}

const projects: Project[] = [];
export const endProjects = (): void =>
  projects.forEach((project) => project.end());

export function projectWith(body: string): Project {
  const project = new Project(stackWith(body));
  projects.push(project);
  return project;
}

export function deploy(
  project: Project,
  body: string,
  flags = "",
): Promise<Outcome> {
  project.write("main.ts", stackWith(body));
  return project.run(`deploy ${flags}`, environment);
}

export const buried = (project: Project): number =>
  existsSync(project.path(GRAVE))
    ? readFileSync(project.path(GRAVE), "utf8").trim().split("\n").length
    : 0;

export const stateOf = (project: Project): string =>
  readFileSync(project.path("terraform.stack.tfstate"), "utf8");

/** Expects that a destructive deploy is refused, and changes nothing. */
export async function expectRefusal(
  project: Project,
  body: string,
  names: readonly string[],
): Promise<void> {
  const [state, before] = [stateOf(project), buried(project)];
  const { exitCode, stderr } = await deploy(project, body);
  expect(exitCode).toBe(1);
  for (const name of names) expect(stderr).toContain(`\n  ${name}\n`);
  expect(stderr).toContain("deploy with --allow-destroy");
  expect([stateOf(project), buried(project)]).toEqual([state, before]);
}
