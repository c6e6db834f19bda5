import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  pack,
  REPOSITORY,
  run,
  temporaryFolder,
} from "../package/support/commands";

const folder = temporaryFolder();
const app = join(folder, "aws");

beforeAll(() => {
  cpSync(join(REPOSITORY, "examples/aws"), app, { recursive: true });
  const { devDependencies } = JSON.parse(
    readFileSync(join(REPOSITORY, "package.json"), "utf8"),
  ) as { devDependencies: Record<string, string> };
  const tools = ["tsx", "typescript"].map(
    (name) => `${name}@${devDependencies[name]}`,
  );
  run(
    `npm install --no-audit --no-fund --prefer-offline ${pack(folder)} ${tools.join(" ")}`,
    app,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the program for AWS has the types of the provider", () => {
  const compilerOptions = {
    target: "ES2022",
    module: "CommonJS",
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  writeFileSync(
    join(app, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["main.ts"] }),
  );
  run("npx tsc", app);
});

test("the program for AWS synthesizes machines, and a control plane that comes after them", () => {
  run("npx tsx main.ts", app);
  const { resource } = JSON.parse(
    readFileSync(join(app, "cdktf.out/stacks/aws/cdk.tf.json"), "utf8"),
  ) as { resource: Record<string, Record<string, object>> };
  expect(Object.keys(resource.aws_instance)).toEqual([
    "cp-1",
    "cp-2",
    "cp-3",
    "worker-1",
    "worker-2",
    "worker-3",
  ]);
  const ours = JSON.stringify(resource.terraform_data);
  for (const name of ["cp-1", "worker-3"]) {
    expect(ours).toContain(`aws_instance.${name}.private_ip`);
    expect(ours).toContain(`aws_instance.${name}.public_ip`);
  }
  expect(ours).toContain("aws_lb.balancer.dns_name");
});
