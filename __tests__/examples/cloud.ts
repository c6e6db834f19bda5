import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  pack,
  REPOSITORY,
  run,
  temporaryFolder,
} from "../package/support/commands";

/** The machines of each of these examples. */
export const MACHINES = [
  "cp-1",
  "cp-2",
  "cp-3",
  "worker-1",
  "worker-2",
  "worker-3",
];

/** A copy of an example whose machines are in a cloud, with the packages that it names. */
export class CloudExample {
  private readonly folder = temporaryFolder();
  readonly directory: string;

  constructor(private readonly name: string) {
    this.directory = join(this.folder, name);
    cpSync(join(REPOSITORY, "examples", name), this.directory, {
      recursive: true,
    });
    const { devDependencies } = JSON.parse(
      readFileSync(join(REPOSITORY, "package.json"), "utf8"),
    ) as { devDependencies: Record<string, string> };
    const tools = ["tsx", "typescript"].map(
      (tool) => `${tool}@${devDependencies[tool]}`,
    );
    this.run(
      `npm install --no-audit --no-fund --prefer-offline ${pack(this.folder)} ${tools.join(" ")}`,
    );
  }

  run(command: string, environment: NodeJS.ProcessEnv = {}): string {
    return run(command, this.directory, environment);
  }

  /** Fails if the program does not have the types of the provider. */
  checkTypes(): void {
    const compilerOptions = {
      target: "ES2022",
      module: "CommonJS",
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: [],
    };
    writeFileSync(
      join(this.directory, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["main.ts"] }),
    );
    this.run("npx tsc");
  }

  /** The resources of its stack, by type and name. */
  resources(): Record<string, Record<string, object>> {
    this.run("npx tsx main.ts");
    const stack = `cdktf.out/stacks/${this.name}/cdk.tf.json`;
    const { resource } = JSON.parse(
      readFileSync(join(this.directory, stack), "utf8"),
    ) as { resource: Record<string, Record<string, object>> };
    return resource;
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
