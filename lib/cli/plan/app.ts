import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { listIfThere } from "../../base/files";
import type { Children, Environment } from "./children";
import { synthesizedFiles } from "./manifest";
import {
  appFailed,
  appWithoutSynth,
  invalidProject,
  neededStack,
  noProject,
  unknownStack,
  unusableOutput,
} from "../errors";

/** A stack as cdktf's manifest lists it. */
export interface Stack {
  readonly name: string;
  /** Where Terraform runs, without symbolic links, because paths in the stack are relative to the real folder. */
  readonly directory: string;
  readonly dependencies: readonly string[];
  readonly annotations: readonly Annotation[];
}

export interface Annotation {
  readonly constructPath: string;
  readonly level: string;
  readonly message: string;
}

export interface Project {
  readonly app: string;
  /** The folder that synthesis writes, relative to the working directory. */
  readonly outdir: string;
}

export function readProject(directory: string): Project {
  const path = join(directory, "cdktf.json");
  if (!existsSync(path)) throw noProject(directory);
  const { app, output = "cdktf.out" } = parseProject(path);
  if (typeof app !== "string" || app.trim() === "")
    throw invalidProject('"app" is missing, or is not a text');
  if (typeof output !== "string" || output.trim() === "")
    throw invalidProject('"output" is not a path');
  return { app, outdir: output };
}

function parseProject(path: string): Record<string, unknown> {
  let project: unknown;
  try {
    // Editors of Windows begin a file with a byte order mark, which JSON.parse refuses.
    project = JSON.parse(readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  } catch (error) {
    throw invalidProject((error as Error).message);
  }
  if (typeof project !== "object" || project === null)
    throw invalidProject("it is not a JSON object");
  return project as Record<string, unknown>;
}

/** Runs the app, and returns its stacks. The app's output is shown only if it fails. */
export async function synthesize(
  project: Project,
  children: Children,
  environment: Environment,
): Promise<Stack[]> {
  makeOutputFolder(project);
  const before = writtenAt(project);
  const leftBefore = leftBehind(project);
  const { exitCode, output } = await children.run({
    command: project.app,
    directory: process.cwd(),
    environment: { ...environment, CDKTF_OUTDIR: project.outdir },
  });
  children.throwIfInterrupted();
  if (exitCode !== 0) throw appFailed(project.app, output);
  if (writtenAt(project) === before)
    throw appWithoutSynth(project.app, manifestOf(project));
  const stacks = readStacks(project);
  for (const { directory } of stacks)
    for (const [path, time] of leftIn(directory))
      if (leftBefore.get(path) === time) rmSync(path, { recursive: true });
  return stacks;
}

/**
 * The files that this library wrote into the folders of stacks, with their modification times. CDKTF leaves them there
 * when a stack no longer uses this library, and then they would list resources that no longer exist.
 */
const leftBehind = (project: Project): ReadonlyMap<string, number> =>
  new Map(
    listIfThere(join(project.outdir, "stacks")).flatMap((name) =>
      leftIn(realPath(resolve(project.outdir, "stacks", name))),
    ),
  );

/** The library's files in one folder. Not every folder here belongs to a stack, so there may be none. */
const leftIn = (directory: string): [string, number][] =>
  Object.values(synthesizedFiles(directory))
    .filter((path) => existsSync(path))
    .map((path) => [path, statSync(path).mtimeMs]);

/** Creates the whole path. CDKTF creates only its last folder, and its error for a dangling link does not explain it. */
function makeOutputFolder({ outdir }: Project): void {
  try {
    mkdirSync(outdir, { recursive: true });
  } catch (error) {
    throw unusableOutput(outdir, (error as NodeJS.ErrnoException).code);
  }
}

/** The stacks of the last synthesis, each one after the stacks on which it depends. */
export function readStacks(project: Project): Stack[] {
  if (!existsSync(manifestOf(project))) return [];
  const { stacks } = JSON.parse(readFileSync(manifestOf(project), "utf8")) as {
    stacks: Record<string, ManifestStack>;
  };
  return inOrder(
    Object.values(stacks).map((stack) => ({
      name: stack.name,
      directory: realPath(resolve(project.outdir, stack.workingDirectory)),
      dependencies: stack.dependencies,
      annotations: stack.annotations,
    })),
  );
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly dependencies: readonly string[];
  readonly annotations: readonly Annotation[];
}

/** The named stacks and the stacks on which they depend; all stacks if none is named. */
export function stacksToDeploy(
  stacks: readonly Stack[],
  names: readonly string[],
): Stack[] {
  checkNames(stacks, names);
  const wanted = new Set(names);
  for (const stack of [...stacks].reverse())
    if (wanted.has(stack.name))
      for (const name of stack.dependencies) wanted.add(name);
  return names.length === 0
    ? [...stacks]
    : stacks.filter(({ name }) => wanted.has(name));
}

/** The named stacks, or all if none is named, each one before the stacks on which it depends. */
export function stacksToDestroy(
  stacks: readonly Stack[],
  names: readonly string[],
): Stack[] {
  checkNames(stacks, names);
  if (names.length === 0) return [...stacks].reverse();
  for (const stack of stacks) {
    const needed = stack.dependencies.find((name) => names.includes(name));
    if (needed && !names.includes(stack.name))
      throw neededStack(needed, stack.name);
  }
  return stacks.filter(({ name }) => names.includes(name)).reverse();
}

function checkNames(stacks: readonly Stack[], names: readonly string[]): void {
  const known = stacks.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) throw unknownStack(name, known);
}

function inOrder(stacks: readonly Stack[]): Stack[] {
  const ordered = new Set<Stack>();
  const visit = (stack: Stack): void => {
    for (const name of stack.dependencies) {
      const needed = stacks.find((other) => other.name === name);
      if (needed && !ordered.has(needed)) visit(needed);
    }
    ordered.add(stack);
  };
  stacks.forEach(visit);
  return [...ordered];
}

/** Resolves symbolic links, if the folder exists. */
export const realPath = (path: string): string =>
  existsSync(path) ? realpathSync(path) : path;

const manifestOf = ({ outdir }: Project): string =>
  join(outdir, "manifest.json");

function writtenAt(project: Project): number | undefined {
  return statSync(manifestOf(project), { throwIfNoEntry: false })?.mtimeMs;
}
