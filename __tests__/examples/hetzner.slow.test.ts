import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HCLOUD, mirror } from "../e2e/providers";
import { TERRAFORM_NAME } from "../support/requirements";
import { CloudExample, MACHINES } from "./cloud";

/** Without the name of a registry, cdktf looks only for what came from Terraform's. */
const OF_OPENTOFU = `registry.opentofu.org/${HCLOUD.source}`;

let example: CloudExample;
beforeAll(() => {
  example = new CloudExample("hetzner");
  const configuration = mirror(
    HCLOUD,
    join(example.directory, "mirror"),
    () => {},
  );
  if (TERRAFORM_NAME.endsWith("tofu")) {
    const file = join(example.directory, "cdktf.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(HCLOUD.source, OF_OPENTOFU));
  }
  example.run("npx cdktf get", {
    CHECKPOINT_DISABLE: "1",
    CI: "true",
    TF_CLI_CONFIG_FILE: configuration,
  });
  // The first time, the provider is built.
}, 900_000);
afterAll(() => example?.end());

test("the program for Hetzner has the types that `cdktf get` generates", () => {
  example.checkTypes();
});

test("the program for Hetzner synthesizes machines, and a control plane that comes after them", () => {
  const resources = example.resources();
  expect(Object.keys(resources.hcloud_server)).toEqual(MACHINES);
  const ours = JSON.stringify(resources.terraform_data);
  for (const name of ["cp-1", "worker-3"])
    expect(ours).toContain(`hcloud_server.${name}.ipv4_address`);
  expect(ours).toContain("hcloud_load_balancer.balancer.ipv4");
});
