import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const REPOSITORY = resolve(__dirname, "../../..");

export const temporaryFolder = (): string =>
  mkdtempSync(join(tmpdir(), "control-plane-package-"));

/** Runs a command line to its end; fails with all that it wrote. */
export function run(
  command: string,
  directory: string,
  environment: NodeJS.ProcessEnv = {},
): string {
  const { status, stdout, stderr } = spawnSync(command, {
    shell: true,
    cwd: directory,
    encoding: "utf8",
    env: { ...userEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0)
    throw new Error(
      `\`${command}\` ended with ${status}:\n${stdout}\n${stderr}`,
    );
  return stdout;
}

/** As it is in a terminal of the user's: nothing of the npm that started the tests. */
function userEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|INIT_CWD$|NODE_ENV$|JEST_)/i.test(name),
    ),
  );
}

/** The libraries, each of which has its own package. */
export const LIBRARIES = ["cdktf", "cdktn"] as const;

export type Library = (typeof LIBRARIES)[number];

/** A copy of the checkout, for builds: they leave their output between the sources while they last. */
export function copyOfRepository(): string {
  const copy = temporaryFolder();
  for (const name of readdirSync(REPOSITORY)) {
    const from = join(REPOSITORY, name);
    if (name === "node_modules") symlinkSync(from, join(copy, name));
    else if (
      !/^(\.git|\.terraform|cdktf\.out|clusters|bench|.*\.tfstate.*)$/.test(
        name,
      )
    )
      cpSync(from, join(copy, name), { recursive: true });
  }
  return copy;
}

/** The tarball for cdktf. */
export const pack = (destination: string): string =>
  packBoth(destination).cdktf;

/** The tarballs, by their libraries. */
export function packBoth(destination: string): Record<Library, string> {
  const copy = copyOfRepository();
  const output = run(`npm run --silent tarballs -- '${destination}'`, copy);
  if (existsSync(join(copy, "lib/index.js")))
    throw new Error("it left what it built");
  rmSync(copy, { recursive: true });
  const [cdktf, cdktn] = output.trim().split("\n");
  return { cdktf, cdktn };
}
